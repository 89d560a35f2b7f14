"""The verifier as a server of the Model Context Protocol: `verify-agent mcp` (extra `[mcp]`).

`roots` keeps paths inside what the client grants, `answers` cuts reports down to what a reader
acts on, `server` is the tools and resources.
"""
