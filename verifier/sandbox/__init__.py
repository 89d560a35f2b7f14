"""Where code that nobody trusts yet is run.

`runner.Sandbox(policy).call("module:function", payload)` runs a function in a fresh interpreter,
`runner.Zygote(policy, preload=[...])` forks it from a warm one; both give one of the outcomes of
`policy` and never raise for what the job did. A *keeper* (fork server, never runs foreign code)
forks a *supervisor* per job, which forks the *job*; the job enters every layer that the machine
has before it imports anything foreign, and the supervisor ends it, with all that came of it.
Closing the channel to a supervisor, or the death of the host, ends its job.

What it does not do: a job judges foreign code in the same process, so code that walks the stack
for the judge's own objects can lie about its own result. It can't harm anything else; and what
is generated may use only names on an allow-list, which has no door to the stack.
"""
