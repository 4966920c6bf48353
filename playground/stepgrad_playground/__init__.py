"""Holds the playground of Stepgrad, a page and its files, in the folder ``site``; ``stepgrad playground`` serves it."""
