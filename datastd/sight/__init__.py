"""
What the model will see: a user's pipeline, run on real samples, set beside their records.

A dataset that passes can still be learned wrongly: boxes that stay where they were when the
picture is resized, answers that the tokenizer shifts, labels that are all left out.
`datastd.train.preview` runs transform, tokenizer and collate as training does, on samples that a
seed draws, and judges what comes out by `datastd.rules.sight`.  It is a report like any other,
and no part of a certificate: nothing is promised of a pipeline.

The preview needs torch, as what it looks at does, and stands beneath the trainer that asks for
it: it trains nothing, and knows no model, loss or recipe.  `terms`, which says what is asked, does
without torch, so that it is explained where there is none.
"""
