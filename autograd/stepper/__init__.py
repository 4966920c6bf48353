"""The page in which a learner steps through a trace: its HTML, its picture, and the script that runs in it."""
