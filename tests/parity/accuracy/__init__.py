"""How closely every convention and every compat function equals the package that it is named for.

    python -m tests.parity.accuracy                 measures and writes docs/accuracy.md, whole or not at all
    python -m tests.parity.accuracy --keep FILE --only 'jax:*' 'onnx.*'    measures these, keeps the figures
    python -m tests.parity.accuracy --keep FILE     measures what FILE lacks, and writes the page

What is measured is enumerated from the table of conventions and from the compat modules; a row without a
package to ask shows as such.
"""
