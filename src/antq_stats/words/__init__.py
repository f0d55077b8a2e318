"""Words and text: language, phrases, text keys, rounding in words.

In: keys of phrases, and text as typed. Out: wording in Vietnamese or English; normalised text.
Not here: anything that knows forms, units or findings; any import beyond the standard library and Babel.
"""
