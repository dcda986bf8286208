"""How any dataset must have been collected, processed and stored: what every standard asks."""

from datastd.model import Level
from datastd.rules.files.manifest_checksum_mismatch import ManifestChecksumMismatch
from datastd.rules.files.manifest_file_missing import ManifestFileMissing
from datastd.rules.files.manifest_file_unlisted import ManifestFileUnlisted
from datastd.rules.norms.access_too_wide import AccessTooWide
from datastd.rules.norms.agreement_missing import AgreementMissing
from datastd.rules.norms.annotation_undocumented import AnnotationUndocumented
from datastd.rules.norms.attribution_missing import AttributionMissing
from datastd.rules.norms.bag_invalid import BagInvalid
from datastd.rules.norms.bias_unassessed import BiasUnassessed
from datastd.rules.norms.card_invalid import CardInvalid
from datastd.rules.norms.card_missing import CardMissing
from datastd.rules.norms.checksum_manifest_missing import ChecksumManifestMissing
from datastd.rules.norms.citation_missing import CitationMissing
from datastd.rules.norms.codec_not_approved import CodecNotApproved
from datastd.rules.norms.collection_undated import CollectionUndated
from datastd.rules.norms.collection_undescribed import CollectionUndescribed
from datastd.rules.norms.consent_document_missing import ConsentDocumentMissing
from datastd.rules.norms.consent_missing import ConsentMissing
from datastd.rules.norms.contact_missing import ContactMissing
from datastd.rules.norms.content_filter_undocumented import ContentFilterUndocumented
from datastd.rules.norms.country_invalid import CountryInvalid
from datastd.rules.norms.crawl_undocumented import CrawlUndocumented
from datastd.rules.norms.credential_in_card import CredentialInCard
from datastd.rules.norms.croissant_recommended_missing import CroissantRecommendedMissing
from datastd.rules.norms.croissant_required_missing import CroissantRequiredMissing
from datastd.rules.norms.dates_out_of_order import DatesOutOfOrder
from datastd.rules.norms.decontamination_undocumented import DecontaminationUndocumented
from datastd.rules.norms.dedup_undocumented import DedupUndocumented
from datastd.rules.norms.digest_malformed import DigestMalformed
from datastd.rules.norms.domains_differ import DomainsDiffer
from datastd.rules.norms.drop_rate_unexpected import DropRateUnexpected
from datastd.rules.norms.encryption_undeclared import EncryptionUndeclared
from datastd.rules.norms.environment_unrecorded import EnvironmentUnrecorded
from datastd.rules.norms.executable_content import ExecutableContent
from datastd.rules.norms.file_naming_pattern import FileNamingPattern
from datastd.rules.norms.file_too_large import FileTooLarge
from datastd.rules.norms.fixity_stale import FixityStale
from datastd.rules.norms.folder_too_wide import FolderTooWide
from datastd.rules.norms.format_differs import FormatDiffers
from datastd.rules.norms.generator_undocumented import GeneratorUndocumented
from datastd.rules.norms.label_map_open import LabelMapOpen
from datastd.rules.norms.language_differs import LanguageDiffers
from datastd.rules.norms.language_tag_invalid import LanguageTagInvalid
from datastd.rules.norms.license_missing import LicenseMissing
from datastd.rules.norms.license_mix_conflict import LicenseMixConflict
from datastd.rules.norms.license_unnamed import LicenseUnnamed
from datastd.rules.norms.lineage_cyclic import LineageCyclic
from datastd.rules.norms.lineage_step_missing import LineageStepMissing
from datastd.rules.norms.linked_from_outside import LinkedFromOutside
from datastd.rules.norms.manifest_not_canonical import ManifestNotCanonical
from datastd.rules.norms.manual_edit_undocumented import ManualEditUndocumented
from datastd.rules.norms.normalisation_undeclared import NormalisationUndeclared
from datastd.rules.norms.opt_out_stale import OptOutStale
from datastd.rules.norms.opt_out_undocumented import OptOutUndocumented
from datastd.rules.norms.paper_unlisted import PaperUnlisted
from datastd.rules.norms.params_differ import ParamsDiffer
from datastd.rules.norms.permission_too_open import PermissionTooOpen
from datastd.rules.norms.personal_data_unknown import PersonalDataUnknown
from datastd.rules.norms.personal_data_unprocessed import PersonalDataUnprocessed
from datastd.rules.norms.personal_data_unstated import PersonalDataUnstated
from datastd.rules.norms.publication_incomplete import PublicationIncomplete
from datastd.rules.norms.raw_lost import RawLost
from datastd.rules.norms.reject_in_data import RejectInData
from datastd.rules.norms.retention_missing import RetentionMissing
from datastd.rules.norms.rows_unaccounted import RowsUnaccounted
from datastd.rules.norms.schema_unversioned import SchemaUnversioned
from datastd.rules.norms.sensitive_data_undeclared import SensitiveDataUndeclared
from datastd.rules.norms.shard_size_out_of_band import ShardSizeOutOfBand
from datastd.rules.norms.small_files import SmallFiles
from datastd.rules.norms.source_incomplete import SourceIncomplete
from datastd.rules.norms.source_license_invalid import SourceLicenseInvalid
from datastd.rules.norms.source_sums_differ import SourceSumsDiffer
from datastd.rules.norms.source_undigested import SourceUndigested
from datastd.rules.norms.source_unknown import SourceUnknown
from datastd.rules.norms.source_unpinned import SourceUnpinned
from datastd.rules.norms.source_unscreened import SourceUnscreened
from datastd.rules.norms.special_category_unguarded import SpecialCategoryUnguarded
from datastd.rules.norms.split_after_copies import SplitAfterCopies
from datastd.rules.norms.splits_differ import SplitsDiffer
from datastd.rules.norms.status_ended import StatusEnded
from datastd.rules.norms.step_unseeded import StepUnseeded
from datastd.rules.norms.text_placeholder import TextPlaceholder
from datastd.rules.norms.threshold_of_nothing import ThresholdOfNothing
from datastd.rules.norms.time_outside_period import TimeOutsidePeriod
from datastd.rules.norms.tokenizer_unrecorded import TokenizerUnrecorded
from datastd.rules.norms.too_many_files import TooManyFiles
from datastd.rules.norms.totals_differ import TotalsDiffer
from datastd.rules.norms.use_not_training import UseNotTraining
from datastd.rules.norms.user_data_unlicensed import UserDataUnlicensed
from datastd.rules.norms.uuid_missing import UuidMissing
from datastd.rules.norms.version_malformed import VersionMalformed
from datastd.rules.norms.version_step_wrong import VersionStepWrong

# What a card lacks as it was drafted is a warning until a team stands behind the data.
NORMS = (
    ManifestChecksumMismatch(),
    ManifestFileMissing(),
    ManifestFileUnlisted(error_from="team"),
    LicenseMissing(level=Level.WARN, error_from="team"),
    LicenseUnnamed(),
    LicenseMixConflict(),
    CroissantRequiredMissing(),
    CroissantRecommendedMissing(),
    VersionMalformed(),
    CardMissing(),
    CitationMissing(),
    LanguageTagInvalid(),
    ContactMissing(),
    CardInvalid(),
    VersionStepWrong(),
    TextPlaceholder(),
    UseNotTraining(),
    DatesOutOfOrder(),
    StatusEnded(),
    UuidMissing(),
    BiasUnassessed(),
    LanguageDiffers(),
    CollectionUndated(),
    CollectionUndescribed(),
    CrawlUndocumented(),
    ConsentMissing(),
    AnnotationUndocumented(),
    AgreementMissing(),
    SensitiveDataUndeclared(level=Level.WARN, error_from="team"),
    SourceIncomplete(),
    SourceUnknown(),
    SourceLicenseInvalid(),
    AttributionMissing(),
    SourceUndigested(),
    SourceUnpinned(),
    OptOutUndocumented(),
    OptOutStale(),
    DomainsDiffer(),
    PersonalDataUnstated(),
    ConsentDocumentMissing(),
    SpecialCategoryUnguarded(),
    CountryInvalid(),
    GeneratorUndocumented(),
    UserDataUnlicensed(),
    TimeOutsidePeriod(),
    SourceSumsDiffer(),
    SourceUnscreened(),
    PersonalDataUnknown(),
    LineageStepMissing(level=Level.WARN, error_from="team"),
    RowsUnaccounted(level=Level.WARN, error_from="team"),
    DropRateUnexpected(),
    ThresholdOfNothing(),
    StepUnseeded(),
    TokenizerUnrecorded(),
    DedupUndocumented(),
    DecontaminationUndocumented(),
    RawLost(),
    SplitAfterCopies(),
    NormalisationUndeclared(),
    LineageCyclic(),
    ParamsDiffer(),
    EnvironmentUnrecorded(),
    ManualEditUndocumented(),
    PersonalDataUnprocessed(),
    LabelMapOpen(),
    ContentFilterUndocumented(),
    RejectInData(),
    SplitsDiffer(),
    ChecksumManifestMissing(),
    FileTooLarge(),
    TooManyFiles(),
    FolderTooWide(),
    ShardSizeOutOfBand(),
    SmallFiles(),
    FileNamingPattern(),
    ExecutableContent(),
    CodecNotApproved(),
    PermissionTooOpen(),
    LinkedFromOutside(),
    RetentionMissing(),
    SchemaUnversioned(),
    EncryptionUndeclared(),
    ManifestNotCanonical(),
    BagInvalid(),
    DigestMalformed(),
    PublicationIncomplete(),
    AccessTooWide(),
    TotalsDiffer(),
    PaperUnlisted(),
    FixityStale(),
    CredentialInCard(),
    FormatDiffers(),
)
