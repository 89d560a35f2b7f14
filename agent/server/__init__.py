"""The warm server: engines imported once, a fork a job, the command line's quick way.

`client` asks, `server` accepts and forks, `attend` looks after one job, `warm` prepares the image
that is forked, `place` says where the socket is, `identity` who may be served by whom.
"""
