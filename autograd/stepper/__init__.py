"""The page in which a learner steps through a trace. Read `page.py` first, then assets/stepper.js."""
