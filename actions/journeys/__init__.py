"""The journeys: one module or folder each."""
