"""What rules about what a model sees must come to: taken up by `rules/test_each_rule.py`."""

import math

import polars as pl

from datastd.rules.sight import TABLES
from datastd.rules.sight.answer_end_cut import AnswerEndCut
from datastd.rules.sight.answer_in_no_window import AnswerInNoWindow
from datastd.rules.sight.answer_span_moved import AnswerSpanMoved
from datastd.rules.sight.batch_form_differs import BatchFormDiffers
from datastd.rules.sight.batch_size_differs import BatchSizeDiffers
from datastd.rules.sight.box_degenerate import BoxDegenerate
from datastd.rules.sight.box_label_changed import BoxLabelChanged
from datastd.rules.sight.box_outside_picture import BoxOutsidePicture
from datastd.rules.sight.boxes_lost import BoxesLost
from datastd.rules.sight.colours_swapped import ColoursSwapped
from datastd.rules.sight.every_label_masked import EveryLabelMasked
from datastd.rules.sight.ids_spell_another import IdsSpellAnother
from datastd.rules.sight.item_changed_in_batch import ItemChangedInBatch
from datastd.rules.sight.label_changed import LabelChanged
from datastd.rules.sight.label_outside_classes import LabelOutsideClasses
from datastd.rules.sight.mask_size_differs import MaskSizeDiffers
from datastd.rules.sight.mask_value_made_up import MaskValueMadeUp
from datastd.rules.sight.padding_learned import PaddingLearned
from datastd.rules.sight.padding_of_another_id import PaddingOfAnotherId
from datastd.rules.sight.picture_and_target_part import PictureAndTargetPart
from datastd.rules.sight.picture_made_constant import PictureMadeConstant
from datastd.rules.sight.pipeline_exception import PipelineException
from datastd.rules.sight.pixels_out_of_scale import PixelsOutOfScale
from datastd.rules.sight.target_missing import TargetMissing
from datastd.rules.sight.tensor_not_finite import TensorNotFinite
from datastd.rules.sight.token_label_moved import TokenLabelMoved
from datastd.rules.sight.token_outside_vocabulary import TokenOutsideVocabulary


def rows(table, *values, **more):
    """Rows of a table of previews: the columns of the table, in their order, and null for others."""
    names = [*TABLES[table]][3:]
    made = [(f"f#{n}", "train", "data", *(one if isinstance(one, tuple) else (one,))) for n, one in enumerate(values)]
    return pl.DataFrame(made, {name: TABLES[table][name] for name in ("key", "split", "origin", *names)}, orient="row")


FULL = (0.0, 1.0, True, 1.0, 0.3)
F32 = "[] float32 of 4 dimensions"

CASES = [
    (PipelineException(), rows("runs", None, None), 0, []),
    (PipelineException(), rows("runs", None, "transform: KeyError: 'x'"), 1, ["f#1"]),
    (PipelineException(), rows("runs", "", "collate: ValueError"), 2, ["f#0", "f#1"]),
    (TensorNotFinite(), rows("items", (0, "", ""), (0, "", "the mask")), 0, []),
    (TensorNotFinite(), rows("items", (0, "", ""), (1, "[0]", "")), 1, ["f#1"]),
    (TensorNotFinite(), rows("items", (9, "boxes", ""), (None, "", "")), 2, ["f#0", "f#1"]),
    (TargetMissing(), rows("items", (0, "", ""), (7, "[0]", "")), 0, []),
    (TargetMissing(), rows("items", (0, "", "the label of the record"), (0, "", "")), 1, ["f#0"]),
    (TargetMissing(), rows("items", (0, "", "a picture, the mask of the record"), (0, "", None)), 2, ["f#0", "f#1"]),
    (LabelOutsideClasses(classes=10), rows("classes_seen", (0, 9), (4, 4)), 0, []),
    (LabelOutsideClasses(classes=10), rows("classes_seen", (0, 10), (4, 4)), 1, ["f#0"]),
    (LabelOutsideClasses(classes=10), rows("classes_seen", (-1, 3), (4, 255), (None, None)), 3, ["f#0", "f#1", "f#2"]),
    (TokenOutsideVocabulary(vocabulary=50_257), rows("ids_seen", (0, 50_256)), 0, []),
    (TokenOutsideVocabulary(vocabulary=50_257), rows("ids_seen", (0, 50_257), (1, 2)), 1, ["f#0"]),
    (TokenOutsideVocabulary(vocabulary=50_257), rows("ids_seen", (-100, 2), (0, 1 << 40)), 2, ["f#0", "f#1"]),
    (BoxDegenerate(), rows("boxes", (0.0, 0.0, 1.0, 1.0, 9, 9), (2.0, 2.0, 2.001, 99.0, 9, 9)), 0, []),
    (BoxDegenerate(), rows("boxes", (0.0, 0.0, 1.0, 1.0, 9, 9), (2.0, 2.0, 2.0, 3.0, 9, 9)), 1, ["f#1"]),
    (BoxDegenerate(), rows("boxes", (2.0, 3.0, 1.0, 9.0, 9, 9), (0.0, math.nan, 1.0, 1.0, 9, 9), (0.0, 0.0, None, 1.0, 9, 9)), 3, ["f#0", "f#1", "f#2"]),
    (BoxOutsidePicture(), rows("boxes", (0.0, 0.0, 64.0, 48.0, 64, 48), (-0.5, -0.5, 64.5, 48.5, 64, 48)), 0, []),
    (BoxOutsidePicture(), rows("boxes", (0.0, 0.0, 64.6, 48.0, 64, 48), (1.0, 1.0, 2.0, 2.0, 64, 48)), 1, ["f#0"]),
    (BoxOutsidePicture(), rows("boxes", (-0.6, 0.0, 9.0, 9.0, 64, 48), (0.0, -1.0, 9.0, 9.0, 64, 48), (0.0, 0.0, 9.0, 60.0, 64, 48)), 3, ["f#0", "f#1", "f#2"]),
    (BoxOutsidePicture(), rows("boxes", (0.0, 0.0, math.nan, 9.0, 64, 48), (0.0, 0.0, None, 9.0, 64, 48)), 2, ["f#0", "f#1"]),
    (BatchFormDiffers(), rows("batches", (None, F32, F32, "9 × 9", "8 × 8")), 0, []),
    (BatchFormDiffers(), rows("batches", (None, F32, F32, "", ""), (None, "float64", F32, "", "")), 1, ["f#1"]),
    (BatchFormDiffers(), rows("batches", ("collate: RuntimeError", "", "", "", ""), (None, "", F32, "", "")), 2, ["f#0", "f#1"]),
    (BatchSizeDiffers(), rows("batches", (None, F32, F32, "9 × 9", "9 × 9"), (None, F32, "", "", "")), 0, []),
    (BatchSizeDiffers(), rows("batches", (None, F32, F32, "9 × 9", "9 × 9"), (None, F32, F32, "9 × 8", "9 × 9")), 1, ["f#1"]),
    (BatchSizeDiffers(), rows("batches", (None, F32, F32, "", "9 × 9"), (None, F32, F32, "1 × 1", "9 × 9")), 2, ["f#0", "f#1"]),
    (LabelChanged(), rows("labels", (0, 0), (9, 9)), 0, []),
    (LabelChanged(), rows("labels", (0, 1), (9, 9)), 1, ["f#0"]),
    (LabelChanged(), rows("labels", (1, 0), (9, None), (None, 3)), 3, ["f#0", "f#1", "f#2"]),
    (BoxLabelChanged(), rows("boxed", (3, 3, 3, 0), (3, 2, 2, 0), (3, 0, 0, 0)), 0, []),
    (BoxLabelChanged(), rows("boxed", (3, 2, 3, 0), (3, 3, 3, 0)), 1, ["f#0"]),
    (BoxLabelChanged(), rows("boxed", (3, 3, 3, 1), (3, 3, 2, 0)), 2, ["f#0", "f#1"]),
    (PictureAndTargetPart(), rows("traces", (1.0, 3, 3), (0.5, None, None)), 0, []),
    (PictureAndTargetPart(), rows("traces", (0.49, 3, 3), (0.9, 3, 3)), 0.5, ["f#0"]),
    (PictureAndTargetPart(), rows("traces", (1.0, 3, 4), (1.0, 3, None), (None, 3, 3), (0.0, None, None)), 1, ["f#0", "f#1", "f#2", "f#3"]),
    (MaskSizeDiffers(), rows("masks", (64, 48, 64, 48, 0, None), (1, 1, 1, 1, 9, 7.0)), 0, []),
    (MaskSizeDiffers(), rows("masks", (64, 48, 63, 48, 0, None), (1, 1, 1, 1, 0, None)), 1, ["f#0"]),
    (MaskSizeDiffers(), rows("masks", (48, 64, 64, 48, 0, None), (1, 2, 1, 1, 0, None)), 2, ["f#0", "f#1"]),
    (MaskValueMadeUp(), rows("masks", (64, 48, 64, 48, 0, None), (1, 1, 2, 2, 0, None)), 0, []),
    (MaskValueMadeUp(), rows("masks", (64, 48, 64, 48, 1, 7.0), (1, 1, 1, 1, 0, None)), 1, ["f#0"]),
    (MaskValueMadeUp(), rows("masks", (64, 48, 64, 48, 9, 0.0588), (1, 1, 1, 1, 3, 254.0)), 2, ["f#0", "f#1"]),
    (AnswerSpanMoved(), rows("windows", (17, 19, 17, 19), (0, 0, 0, 0)), 0, []),
    (AnswerSpanMoved(), rows("windows", (17, 19, 17, 18), (0, 0, 0, 0)), 1, ["f#0"]),
    (AnswerSpanMoved(), rows("windows", (0, 0, 17, 19), (17, 19, 0, 0), (16, 19, 17, 19)), 3, ["f#0", "f#1", "f#2"]),
    (AnswerInNoWindow(), rows("questions", (1, 1), (9, 3)), 0, []),
    (AnswerInNoWindow(), rows("questions", *[(2, 1)] * 99, (1, 0)), 0.01, ["f#99"]),  # the boundary
    (AnswerInNoWindow(), rows("questions", (1, 0), (9, 3)), 0.5, ["f#0"]),
    (AnswerInNoWindow(), rows("questions", (1, 0), (9, 0)), 1, ["f#0", "f#1"]),
    (PictureMadeConstant(), rows("pictures", FULL, (0.0, 5e-324, True, 1.0, 0.0)), 0, []),
    (PictureMadeConstant(), rows("pictures", FULL, (0.0, 0.0, False, 1.0, 0.0)), 0.5, ["f#1"]),
    (PictureMadeConstant(), rows("pictures", (-0.4, -0.4, True, 0.2, 0.0), (None, None, True, 1.0, None)), 1, ["f#0", "f#1"]),
    (PixelsOutOfScale(), rows("pictures", FULL, (-2.1, 2.6, True, 0.9, 2.5), (0.0, 0.05, True, 1.0, 0.0), (-128.0, 127.0, True, 1.0, 70.0), (-256.0, 256.0, True, 1.0, 99.0)), 0, []),
    (PixelsOutOfScale(), rows("pictures", (0.0, 255.0, False, 1.0, 70.0), (0.0, 1.0, False, 1.0, 0.3)), 0, []),  # integers
    (PixelsOutOfScale(), rows("pictures", FULL, (0.0, 1 / 255, True, 1.0, 0.001)), 0.5, ["f#1"]),
    (PixelsOutOfScale(), rows("pictures", FULL, (-11.4, 10.1, True, 1.0, 2.51)), 0.5, ["f#1"]),  # normalised twice
    (PixelsOutOfScale(), rows("pictures", FULL, (-11.4, 10.1, True, 1.0, None)), 0.5, ["f#1"]),
    (PixelsOutOfScale(), rows("pictures", (-2.1, 1111.0, True, 1.0, 300.0), (0.0, 0.0499, True, 1.0, 0.01), (None, None, True, 1.0, None)), 1, ["f#0", "f#1", "f#2"]),
    (EveryLabelMasked(), rows("targets", (64, 1), (1, 1)), 0, []),
    (EveryLabelMasked(), rows("targets", (64, 0), (1, 1)), 1, ["f#0"]),
    (EveryLabelMasked(), rows("targets", (64, 0), (0, 0)), 2, ["f#0", "f#1"]),
    (BoxesLost(), rows("boxed", (3, 1, 1, 0), (0, 0, 0, 0)), 0, []),
    (BoxesLost(), rows("boxed", (3, 0, 0, 0), (3, 3, 3, 0)), 0.5, ["f#0"]),  # the boundary
    (BoxesLost(), rows("boxed", (3, 0, 0, 0), (1, 0, 0, 0), (2, 1, 1, 0)), 2 / 3, ["f#0", "f#1"]),
    (ItemChangedInBatch(), rows("collated", None, None), 0, []),
    (ItemChangedInBatch(), rows("collated", None, "its [1] nowhere as it was"), 1, ["f#1"]),
    (ItemChangedInBatch(), rows("collated", "its labels in the place of item 0", ""), 2, ["f#0", "f#1"]),
    (TokenLabelMoved(), rows("shifts", (0, 0, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1)), 0, []),
    (TokenLabelMoved(), rows("shifts", (1, 0, 0), (0, 0, 1)), 1, ["f#0"]),
    (TokenLabelMoved(), rows("shifts", (2, 0, 1), (-1, 0, 1), (0, 1, 1), (None, 0, 0)), 4, ["f#0", "f#1", "f#2", "f#3"]),
    (PaddingLearned(), rows("paddings", (9, 0, 0, 0), (9, 0, 0, 9)), 0, []),
    (PaddingLearned(), rows("paddings", (9, 1, 0, 0), (9, 0, 0, 0)), 1, ["f#0"]),
    (PaddingLearned(), rows("paddings", (9, 0, 1, 0), (9, 9, 9, 0), (9, None, 0, 0)), 3, ["f#0", "f#1", "f#2"]),
    (PaddingOfAnotherId(), rows("paddings", (9, 9, 9, 0)), 0, []),
    (PaddingOfAnotherId(), rows("paddings", (9, 0, 0, 1), (9, 0, 0, 0)), 1, ["f#0"]),
    (PaddingOfAnotherId(), rows("paddings", (9, 0, 0, 9), (9, 0, 0, None)), 2, ["f#0", "f#1"]),
    (AnswerEndCut(), rows("ends", True, True), 0, []),
    (AnswerEndCut(), rows("ends", *[True] * 99, False), 0.01, ["f#99"]),  # the boundary
    (AnswerEndCut(), rows("ends", False, None), 1, ["f#0", "f#1"]),
    (IdsSpellAnother(), rows("spelled", 0.3, 1.0), 0, []),  # the boundary
    (IdsSpellAnother(), rows("spelled", 0.29, 1.0), 1, ["f#0"]),
    (IdsSpellAnother(least=0.9), rows("spelled", 0.0, None, math.nan, 0.89, 0.9), 4, ["f#0", "f#1", "f#2", "f#3"]),
    (ColoursSwapped(), rows("colours", ("rgb", "rgb"), ("bgr", "bgr")), 0, []),
    (ColoursSwapped(), rows("colours", *[("gbr", "rgb")] * 9, ("rgb", "rgb")), 0.9, [f"f#{n}" for n in range(9)]),  # the boundary
    (ColoursSwapped(), rows("colours", ("bgr", "rgb"), (None, "rgb")), 1, ["f#0", "f#1"]),
    (ColoursSwapped(), rows("colours", ("rgb", "bgr")), 1, ["f#0"]),
]  # fmt: skip
