"""Words and text: the language of a run, phrases, keys to compare text by, roundings.

In: keys and text as it was typed. Out: wording in Vietnamese or English; normalised text.
Not here: anything that knows forms, units or findings; any import beyond the standard library and Babel.
"""
