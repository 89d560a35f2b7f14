"""The agent's tools, one file each: a state in, a new state out, under icontract contracts."""
