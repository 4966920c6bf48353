"""The exercises of the lessons, a module for each: `EXERCISES` by name, in their order."""
