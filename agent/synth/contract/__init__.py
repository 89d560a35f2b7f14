"""The contract as something that runs: evaluator, cases, inputs and results."""
