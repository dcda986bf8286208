"""What a preview asks for: every rule of it, and what a pipeline has to say for it."""

from collections.abc import Sequence

from datastd.rules import Rule
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
from datastd.sight.pipeline import Pipeline

NAME = "preview/1"
"""What stands in a report in the place of a standard."""

COLLATE, PAD = "pipeline.collate", "pipeline.pad"
"""What is said to be lacking although nothing was found: of batches, and of padding."""

DECODE = "pipeline.decode"
"""Likewise, of ids."""

_CLASSES, _VOCABULARY = "pipeline.classes", "pipeline.vocabulary"


def asked(pipeline: Pipeline, own: Sequence[Rule]) -> tuple[list[Rule], dict[str, str]]:
    """Every rule; and by code what the pipeline would have to say so that it can be asked."""
    limited: list[Rule] = [
        LabelOutsideClasses(classes=pipeline.classes or 1),
        TokenOutsideVocabulary(vocabulary=pipeline.vocabulary or 1),
    ]
    others: list[type[Rule]] = [
        PipelineException, TensorNotFinite, TargetMissing, BoxDegenerate, BatchFormDiffers,
        LabelChanged, BoxOutsidePicture, BoxLabelChanged, PictureAndTargetPart,
        MaskSizeDiffers, MaskValueMadeUp, AnswerSpanMoved, AnswerInNoWindow,
        PictureMadeConstant, PixelsOutOfScale, EveryLabelMasked, BoxesLost, BatchSizeDiffers,
        ItemChangedInBatch, TokenLabelMoved, PaddingLearned, PaddingOfAnotherId, ColoursSwapped,
        AnswerEndCut, IdsSpellAnother,
    ]  # fmt: skip
    every = {type(rule): rule for rule in [*limited, *(kind() for kind in others), *own]}
    lacks = {
        LabelOutsideClasses.code: _CLASSES if pipeline.classes is None else "",
        TokenOutsideVocabulary.code: _VOCABULARY if pipeline.vocabulary is None else "",
        PaddingOfAnotherId.code: PAD if pipeline.pad is None else "",
        IdsSpellAnother.code: DECODE if pipeline.decode is None else "",
        ItemChangedInBatch.code: COLLATE if pipeline.collate is None else "",
        BatchFormDiffers.code: COLLATE if pipeline.collate is None else "",
        BatchSizeDiffers.code: COLLATE if pipeline.collate is None else "",
    }
    return sorted(every.values(), key=lambda rule: rule.code), lacks
