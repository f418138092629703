"""Mentions → findings, history, diagnoses, tests and values, each with its status."""
