"""What single meters say: the traps of each cloud, and what is no meter of AI."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from catalog.meters.meter import NOT_AI, Meter, UsageKind
from catalog.meters.read import read_meter

BEDROCK = "AmazonBedrock"
GPT5 = "Azure OpenAI GPT5"
K, M = Decimal(1000), Decimal(1_000_000)


def tokens(billing_model: str, direction: str | None, cache: str = "Uncached", **said: Any) -> Meter:
    defaults: dict[str, Any] = {"modality": "text", "tier": "standard", "per_unit": K}
    return Meter(
        kind=UsageKind.TOKENS,
        billing_model=billing_model,
        direction=direction,
        cache=cache,
        **{**defaults, **said},
    )


AWS = {
    "USE1-Claude4Sonnet-cache-read-input-token-count-long-context-cross-region-global": tokens(
        "Claude4Sonnet", "Input", "Read", scope="global", context="long"
    ),
    "USW2-anthropic.claude-opus-4-8-mantle-input-tokens-global-standard": tokens(
        "anthropic.claude-opus-4-8", "Input", scope="global"
    ),
    "USE1-Claude3-5Haiku-input-tokens-latency-optimized": tokens(
        "Claude3-5Haiku", "Input", tier="latency-optimized", scope="regional"
    ),
    "USE1-Nova2.0Pro-input-image-token-count-cross-region-global": tokens(
        "Nova2.0Pro", "Input", modality="image", scope="global"
    ),
    "USE1-openai.gpt-5.6-luna-mantle-cache-write-tokens-5m-long-ctx-flex": tokens(
        "openai.gpt-5.6-luna", "Input", "Write", tier="flex", scope="regional", context="long"
    ),
    "USE1-NovaPro-cache-write-input-token-count-custom-model": tokens(
        "NovaPro", "Input", "Write", tier="fine-tuned", scope="regional"
    ),
    "USE1-NovaSonic-speech-understanding-input-token": tokens(
        "NovaSonic", "Input", modality="audio", scope="regional"
    ),
    "EU-qwen.qwen3-coder-480b-a35b-instruct-mantle-input-tokens-flex": tokens(
        "qwen.qwen3-coder-480b-a35b-instruct", "Input", tier="flex", scope="regional"
    ),
    "USE1-Model-input-tokens-cross-region": tokens("Model", "Input", scope="geo"),
    "USE1-TitanTextLite-output-tokens": tokens("TitanTextLite", "Output", scope="regional"),
    "USE1-TitanEmbeddingV2-Text-input-tokens": tokens("TitanEmbeddingV2-Text", "Input", scope="regional"),
}

MARKETPLACE = {
    "USE1-MP:USE1_InputTokenCount-Units": tokens("Claude 4.6 Sonnet", "Input", scope="regional", per_unit=M),
    "USE1-MP:USE1_InputTokenCount_Global_Batch-Units": tokens(
        "Claude 4.6 Sonnet", "Input", tier="batch", scope="global", per_unit=M
    ),
    "USE2_OutputTokenCount_Geo-Units": tokens("Claude 4.6 Sonnet", "Output", scope="geo", per_unit=M),
    "USE1-MP:USE1_CacheReadInputTokenCount-Units": tokens(
        "Claude 4.6 Sonnet", "Input", "Read", scope="regional", per_unit=M
    ),
    "USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units": tokens(
        "Claude 4.6 Sonnet", "Input", "Write", scope="global", per_unit=M
    ),
    "USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units": tokens(
        "Claude 4.6 Sonnet", "Input", "Write", scope="global", per_unit=M
    ),
    "USW2-MP:USW2_InputTokenCount_LCtx_Global-Units": tokens(
        "Claude 4.6 Sonnet", "Input", scope="global", context="long", per_unit=M
    ),
}

ONE: dict[str, Any] = {"per_unit": Decimal(1)}
GOOGLE_CLOUD = {
    "Gemini 2.5 Flash Lite Text Input - Predictions": tokens("Gemini 2.5 Flash Lite", "Input", **ONE),
    "Gemini 2.5 Flash GA Text Output (Thinking On) - Predictions": tokens(
        "Gemini 2.5 Flash", "Output", **ONE
    ),
    "Generate_content_cached_input_token_count_gemini_3_pro_short_image": tokens(
        "gemini 3 pro", "Input", "Read", modality="image", context="short", **ONE
    ),
    "Generate content input token count gemini 3.7 flash image flex caching": tokens(
        "gemini 3.7 flash", "Input", "Read", modality="image", tier="flex", **ONE
    ),
    "Claude Opus 4 8 — Input Cache Write Tokens (TTL 3600 seconds) — us-east5"
    " — Context Window Size from 200001 to 1000000 Tokens": tokens(
        "Claude Opus 4 8", "Input", "Write", scope="regional", context="long", **ONE
    ),
    "Claude Sonnet 4.6 — Input Cache Read Tokens — global — Context Window Size from 0 to 200000 Tokens": (
        tokens("Claude Sonnet 4.6", "Input", "Read", scope="global", context="short", **ONE)
    ),
    "AI Dev Tools: Claude Opus 4.8 Input Cache Write Tokens (Long and TTL 300 seconds)": tokens(
        "Claude Opus 4.8", "Input", "Write", context="long", **ONE
    ),
    "Generate_content image output token count for Gemini 3 Pro Image": tokens(
        "Gemini 3 Pro Image", "Output", modality="image", **ONE
    ),
    "Gemini 3 Pro Image Output - Predictions": tokens("Gemini 3 Pro", "Output", modality="image", **ONE),
    "Gemini 3.1 Flash Lite Image Global Image Output Flex": tokens(
        "Gemini 3.1 Flash Lite Image", "Output", modality="image", tier="flex", scope="global", **ONE
    ),
    "Gemini 3.1 Flash Image Text Input - Predictions": tokens("Gemini 3.1 Flash Image", "Input", **ONE),
    "Generate content output token count gemini 2.5 flash short input text": tokens(
        "gemini 2.5 flash", "Output", context="short", **ONE
    ),
    "Gemini 2.5 Pro Text Input Caching (Long)": tokens(
        "Gemini 2.5 Pro", "Input", "Read", context="long", **ONE
    ),
    "Gemini 2.5 Flash Uncached Input Tokens": tokens("Gemini 2.5 Flash", "Input", **ONE),
    "Cloud Vertex AI Model Garden Model as a Service GLM-5.2 Input": tokens("GLM-5.2", "Input", **ONE),
    "Qwen3 Next 80B A3B Thinking Output": tokens("Qwen3 Next 80B A3B Thinking", "Output", **ONE),
    "Gemini 2.5 Pro Thinking Text Output - Predictions": tokens("Gemini 2.5 Pro", "Output", **ONE),
    "EmbedContent input token count for gemini-embedding-2 text": tokens(
        "gemini-embedding-2", "Input", **ONE
    ),
}

AZURE = {
    ("gpt 4.1 mini cached Inp glbl Tokens", "1K", ""): tokens(
        "gpt 4.1 mini", "Input", "Read", scope="global"
    ),
    ("5.6 luna ShortCo Cd Inp Std Gl 1M Tokens", "1M", GPT5): tokens(
        "5.6 luna", "Input", "Read", scope="global", context="short", per_unit=M
    ),
    ("5.6 luna LongCo Cd Wr PP DZ 1M Tokens", "1M", GPT5): tokens(
        "5.6 luna", "Input", "Write", tier="priority", scope="geo", context="long", per_unit=M
    ),
    ("5.5 LongCo Batch opt Dz 1M Tokens", "1M", GPT5): tokens(
        "5.5", "Output", tier="batch", scope="geo", context="long", per_unit=M
    ),
    ("gpt 4o 0806 Batch Inp Data Zone Tokens", "1K", ""): tokens(
        "gpt 4o 0806", "Input", tier="batch", scope="geo"
    ),
    ("GPT 5 Mini Batch Inpt cchd Glbl 1M Tokens", "1M", GPT5): tokens(
        "GPT 5 Mini", "Input", "Read", tier="batch", scope="global", per_unit=M
    ),
    ("gpt-4o-mini-0718-Outp-glbl Tokens", "1K", ""): tokens("gpt-4o-mini-0718", "Output", scope="global"),
    ("4.6 Inp DZ Tokens", "1K", "Azure Grok Models"): tokens("4.6", "Input", scope="geo"),
    ("4.3 Cached Inp DZ L Tokens", "1K", "Azure Grok Models"): tokens(
        "4.3", "Input", "Read", scope="geo", context="long"
    ),
    ("gpt aud 0828 Inp glbl Tokens", "1K", ""): tokens(
        "gpt aud 0828", "Input", modality="audio", scope="global"
    ),
    ("gpt4o realtimePrvwAudOutp DataZone Tokens", "1K", ""): tokens(
        "gpt4o realtimePrvw", "Output", modality="audio", scope="geo"
    ),
    ("K2 Thinking Inp DZ Tokens", "1K", "Azure Kimi"): tokens("K2 Thinking", "Input", scope="geo"),
    ("gpt-4o-0806-cached-FT-inp-datazone Tokens", "1K", ""): tokens(
        "gpt-4o-0806", "Input", "Read", tier="fine-tuned", scope="geo"
    ),
}


def axes(cloud: str, meter: str, unit: str, *products: str) -> Meter:
    """What a meter counts, without what tells it from others with the same axes."""
    return replace(read_meter(cloud, meter, unit, *products), variant="")


@pytest.mark.parametrize("meter", AWS)
def test_a_usage_type_of_bedrock_is_read(meter: str) -> None:
    assert axes("aws", meter, "1K tokens", BEDROCK) == AWS[meter]


@pytest.mark.parametrize("meter", MARKETPLACE)
def test_a_model_of_the_marketplace_is_named_by_its_service(meter: str) -> None:
    product = "Claude 4.6 Sonnet (Amazon Bedrock Edition)"
    assert axes("aws", meter, "1M tokens", product) == MARKETPLACE[meter]


@pytest.mark.parametrize("product", ["Vertex AI", "Gemini API"])
@pytest.mark.parametrize("meter", GOOGLE_CLOUD)
def test_a_sku_of_google_cloud_is_read(meter: str, product: str) -> None:
    assert axes("gcp", meter, "count", product) == GOOGLE_CLOUD[meter]


@pytest.mark.parametrize("meter", GOOGLE_CLOUD)
def test_an_underscore_is_a_space_on_google_cloud(meter: str) -> None:
    underscored = read_meter("gcp", meter.replace(" ", "_"), "count", "Vertex AI")

    assert underscored == read_meter("gcp", meter, "count", "Vertex AI")


@pytest.mark.parametrize(("meter", "unit", "product"), AZURE)
def test_a_meter_of_azure_is_read(meter: str, unit: str, product: str) -> None:
    assert axes("azure", meter, unit, product) == AZURE[meter, unit, product]


def test_two_spellings_of_one_rate_are_read_alike_but_for_the_name() -> None:
    old = read_meter("aws", "USE1-Qwen3-32B-input-tokens-flex", "1K tokens", BEDROCK)
    new = read_meter("aws", "USE1-qwen.qwen3-32b-mantle-input-tokens-flex", "1K tokens", BEDROCK)
    assert old == tokens("Qwen3-32B", "Input", tier="flex", scope="regional")
    assert new == tokens("qwen.qwen3-32b", "Input", tier="flex", scope="regional")


@pytest.mark.parametrize(
    ("cloud", "meter", "unit", "product", "expected"),
    [
        (
            "gcp",
            "Gemini 2.5 Pro Caching Storage",
            "h",
            "Vertex AI",
            Meter(UsageKind.CACHE_STORAGE, "Gemini 2.5 Pro", per_unit=Decimal(1)),
        ),
        (
            "gcp",
            "Generate_content cached text storage token hours for gemini 3 flash",
            "count",
            "Gemini API",
            Meter(UsageKind.CACHE_STORAGE, "gemini 3 flash", modality="text", per_unit=Decimal(1)),
        ),
        (
            "gcp",
            "LLM Grounding with Google Search tool - Predictions",
            "count",
            "Vertex AI",
            Meter(UsageKind.SEARCHES, per_unit=Decimal(1)),
        ),
        (
            "gcp",
            "Generate content search query gemini 3 free",
            "count",
            "Gemini API",
            Meter(UsageKind.SEARCHES, "gemini 3", per_unit=Decimal(1)),
        ),
        (
            "gcp",
            "Imagen 4 Generation (output)",
            "count",
            "Vertex AI",
            Meter(UsageKind.IMAGES, "Imagen 4", modality="image", per_unit=Decimal(1)),
        ),
        (
            "gcp",
            "Translation LLM Input Characters",
            "count",
            "Vertex AI",
            Meter(UsageKind.CHARACTERS, "Translation LLM", per_unit=Decimal(1)),
        ),
        (
            "aws",
            "USE1-Qwen3-32B-ProvisionedThroughput-NoCommit-ModelUnits",
            "hour",
            BEDROCK,
            Meter(UsageKind.PROVISIONED, "Qwen3-32B", tier="provisioned", per_unit=Decimal(1)),
        ),
        (
            "aws",
            "USE1-Claude4.5Sonnet-reserved-3-month-input-tokens-per-minute-cross-region-geo",
            "hour",
            BEDROCK,
            Meter(
                UsageKind.PROVISIONED,
                "Claude4.5Sonnet",
                tier="provisioned",
                scope="geo",
                per_unit=Decimal(1),
            ),
        ),
        (
            "azure",
            "Provisioned Managed Data Zone Unit",
            "1/Hour",
            "Azure OpenAI",
            Meter(UsageKind.PROVISIONED, tier="provisioned", scope="geo", per_unit=Decimal(1)),
        ),
        (
            "azure",
            "gpt-4.1-mini-ft hosting regional Unit",
            "1 Hour",
            "Azure OpenAI",
            Meter(
                UsageKind.HOSTING, "gpt-4.1-mini", tier="fine-tuned", scope="regional", per_unit=Decimal(1)
            ),
        ),
        (
            "azure",
            "3.3 70b FT DZ Tokens",
            "1K",
            "Azure Llama Models",
            Meter(UsageKind.TRAINING, "3.3 70b", tier="fine-tuned", scope="geo", per_unit=K),
        ),
        (
            "azure",
            "gpt-realtime-whisper Opt Gl Unit",
            "1 Hour",
            "Azure OpenAI Media",
            Meter(
                UsageKind.AUDIO, "gpt-realtime-whisper", modality="audio", scope="global", per_unit=Decimal(1)
            ),
        ),
    ],
)
def test_what_is_no_token_has_no_direction(
    cloud: str, meter: str, unit: str, product: str, expected: Meter
) -> None:
    assert axes(cloud, meter, unit, product) == expected


@pytest.mark.parametrize(
    ("cloud", "meter", "product"),
    [
        ("aws", "BoxUsage:m5.xlarge", "Amazon Elastic Compute Cloud"),
        ("aws", "USE1-DataTransfer-Out-Bytes", "AmazonEC2"),
        ("aws", "USW2-EBS:VolumeUsage.gp3", "AmazonEC2"),
        ("aws", "USE1-EBS:VolumeP-Throughput.gp3", "AmazonEC2"),
        ("aws", "TimedStorage-ByteHrs", "AmazonS3"),
        ("aws", "USE1-ProvisionedTP-MiBpsHrs", "AmazonEFS"),
        ("aws", "USE1-Fargate-vCPU-Hours:perCPU", "AmazonECS"),
        ("aws", "USE1-NodeUsage:cache.r6g.large", "AmazonElastiCache"),
        ("aws", "USE1-TextTranslationJob-Characters", "translate"),
        ("aws", "Requests-RBP", "AWSQueueService"),
        ("gcp", "N1 Predefined Instance Core running in Americas", "Compute Engine"),
        ("gcp", "Hyperdisk Balanced Throughput Capacity in Iowa", "Compute Engine"),
        ("gcp", "Spot Preemptible A2 Instance Core running in Iowa", "Compute Engine"),
        ("gcp", "Network Internet Data Transfer Out from Americas to EMEA", "Networking"),
        ("gcp", "Standard Storage US Multi-region", "Cloud Storage"),
        ("gcp", "Cloud SQL for PostgreSQL: Zonal - vCPU in Americas", "Cloud SQL"),
        ("gcp", "Commitment v1: Cpu in Americas for 1 Year", "Compute Engine"),
        ("azure", "D2s v5", "Virtual Machines Dsv5 Series"),
        ("azure", "P10 LRS Disk", "Premium SSD Managed Disks"),
        ("azure", "Hot LRS Data Stored", "Tiered Block Blob"),
        ("azure", "Standard Data Transfer Out", "Bandwidth"),
        ("azure", "Provisioned Throughput Units", "Azure Cosmos DB"),
        ("azure", "C1 Cache Instance", "Azure Redis Cache"),
    ],
)
def test_other_products_are_not_of_ai(cloud: str, meter: str, product: str) -> None:
    assert read_meter(cloud, meter, "Hrs", product) == NOT_AI


def test_an_unread_meter_of_an_ai_product_is_ai_of_no_model() -> None:
    other = Meter(kind=UsageKind.OTHER)
    assert read_meter("aws", "USE1-Guardrail-ContentPolicyUnitsConsumed", "Text Units", BEDROCK) == other
    assert read_meter("gcp", "Feature Store online serving node", "h", "Vertex AI") == other


def test_tokens_with_a_direction_are_ai_whatever_the_product() -> None:
    meter = read_meter("aws", "USE1-SomethingNew-input-tokens", "1K tokens", "A Product Nobody Knows")
    assert meter == tokens("SomethingNew", "Input", scope="regional")


def test_a_word_that_no_list_knows_stays_in_the_name() -> None:
    meter = read_meter("aws", "USE1-Qwen3-32B-input-tokens-something-new", "1K tokens", BEDROCK)
    assert meter.billing_model == "Qwen3-32B-something-new"


@pytest.mark.parametrize(
    ("cloud", "meter", "variant"),
    [
        ("aws", "USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units", "1h"),
        ("aws", "USE1-Claude4Sonnet-cache-write-input-token-count-1-hour", "1h"),
        ("aws", "USE1-openai.gpt-5.6-luna-mantle-cache-write-tokens-5m-standard", "5m"),
        ("aws", "USE1-Qwen3-32B-input-tokens", ""),
        ("azure", "gpt 4.1 mini FT Inp dev Tokens", "dev"),
        ("gcp", "AI Dev Tools: Claude Opus 4.8 Input Cache Write Tokens (Long and TTL 3600 seconds)", "1h"),
    ],
)
def test_what_has_a_price_of_its_own_and_no_axis_is_a_variant(cloud: str, meter: str, variant: str) -> None:
    assert read_meter(cloud, meter, "1M tokens", "").variant == variant
