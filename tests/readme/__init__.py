"""The documentation is executed: its code runs, and so does every command that it names.

`documents` finds commands, `small` says with which options each of them runs within seconds,
`workplace` has the files that they name, and runs them.
"""
