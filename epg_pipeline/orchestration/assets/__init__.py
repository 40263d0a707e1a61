"""The five assets: each loads, calls one function, stores and reports."""
