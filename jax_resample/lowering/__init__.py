"""How taps meet an array: the primitive and the programs it lowers to."""
