"""The verifier as a server of the Model Context Protocol: `verify-agent mcp` (extra `[mcp]`).

`roots` keeps paths inside what the client grants, `commands` runs the command line in a process
of its own, `server` is the tools and resources.
"""
