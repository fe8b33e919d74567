"""The command line: parses, calls the package, prints. No other part prints.

app          the commands, each in a file of its name; commands: what all have in common
options      that several share; completing: what shells offer for them
verbosity    -v and -q; output: tables, text and notes; answering: errors and exit codes
conducting   a campaign from its first sign of life to its last line
watching     who watches it: progress (lines), live and board (a terminal); counting: in words
stages       progress of other long work
"""
