"""What a convention does, in words and numbers, and which one made an array."""
