-- spend-by-day
WITH sums AS (
  SELECT
    CAST(TIMESTAMP_MICROS(UNIX_MICROS(`ChargePeriodStart`)) AS DATE) AS `day`,
    `x_Cloud` AS `cloud`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
  GROUP BY
    1,
    2,
    3
)
SELECT
  CAST(`day` AS TIMESTAMP) AS `day`,
  `cloud` AS `cloud`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`
FROM sums
ORDER BY
  `day` ASC NULLS LAST,
  `cloud` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 1000;

-- month-to-date
WITH sums AS (
  SELECT
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
  GROUP BY
    1
)
SELECT
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `currency` ASC NULLS LAST
LIMIT 100;

-- forecast
WITH sums AS (
  SELECT
    CAST(TIMESTAMP_MICROS(UNIX_MICROS(`ChargePeriodStart`)) AS DATE) AS `day`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
  GROUP BY
    1,
    2
)
SELECT
  CAST(`day` AS TIMESTAMP) AS `day`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`
FROM sums
ORDER BY
  `day` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 1000;

-- models
WITH sums AS (
  SELECT
    COALESCE(`x_ModelId`, CASE WHEN NOT `x_BillingModel` IS NULL THEN '(unmapped)' END) AS `model`,
    `x_ModelDeveloper` AS `developer`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`,
    SUM(`x_Tokens`) AS `tokens`,
    SUM(CASE WHEN NOT `x_Tokens` IS NULL THEN `BilledCost` END) AS `of_tokens`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND NOT COALESCE(`x_ModelId`, CASE WHEN NOT `x_BillingModel` IS NULL THEN '(unmapped)' END) IS NULL
  GROUP BY
    1,
    2,
    3
)
SELECT
  `model` AS `model`,
  `developer` AS `developer`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  SAFE_DIVIDE(`billed_cost`, SUM(`billed_cost`) OVER (PARTITION BY `currency`)) AS `share`,
  `tokens` AS `tokens`,
  SAFE_DIVIDE(`of_tokens` * 1000000, `tokens`) AS `cost_per_million_tokens`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `model` ASC NULLS LAST,
  `developer` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;

-- tokens-by-model
WITH sums AS (
  SELECT
    COALESCE(`x_ModelId`, CASE WHEN NOT `x_BillingModel` IS NULL THEN '(unmapped)' END) AS `model`,
    `BillingCurrency` AS `currency`,
    SUM(`x_Tokens`) AS `tokens`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND `x_UsageKind` IN ('tokens')
  GROUP BY
    1,
    2
)
SELECT
  `model` AS `model`,
  `currency` AS `currency`,
  `tokens` AS `tokens`,
  `billed_cost` AS `billed_cost`
FROM sums
ORDER BY
  `tokens` DESC,
  `model` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;

-- model-direction-cache
WITH sums AS (
  SELECT
    COALESCE(`x_ModelId`, CASE WHEN NOT `x_BillingModel` IS NULL THEN '(unmapped)' END) AS `model`,
    `x_TokenDirection` AS `direction`,
    `x_TokenCacheAction` AS `cache`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`,
    SUM(`x_Tokens`) AS `tokens`,
    SUM(CASE WHEN NOT `x_Tokens` IS NULL THEN `BilledCost` END) AS `of_tokens`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND `x_UsageKind` IN ('tokens')
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  `model` AS `model`,
  `direction` AS `direction`,
  `cache` AS `cache`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  `tokens` AS `tokens`,
  SAFE_DIVIDE(`of_tokens` * 1000000, `tokens`) AS `cost_per_million_tokens`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `model` ASC NULLS LAST,
  `direction` ASC NULLS LAST,
  `cache` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 100;

-- cache-savings
WITH sums AS (
  SELECT
    `x_Cloud` AS `cloud`,
    COALESCE(`x_ModelId`, CASE WHEN NOT `x_BillingModel` IS NULL THEN '(unmapped)' END) AS `model`,
    `x_ServiceTier` AS `tier`,
    `x_TokenCacheAction` AS `cache`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`,
    SUM(`x_Tokens`) AS `tokens`,
    SUM(CASE WHEN NOT `x_Tokens` IS NULL THEN `BilledCost` END) AS `of_tokens`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND `x_UsageKind` IN ('tokens')
    AND `x_TokenDirection` IN ('Input')
  GROUP BY
    1,
    2,
    3,
    4,
    5
)
SELECT
  `cloud` AS `cloud`,
  `model` AS `model`,
  `tier` AS `tier`,
  `cache` AS `cache`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  `tokens` AS `tokens`,
  SAFE_DIVIDE(`of_tokens` * 1000000, `tokens`) AS `cost_per_million_tokens`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `cloud` ASC NULLS LAST,
  `model` ASC NULLS LAST,
  `tier` ASC NULLS LAST,
  `cache` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 1000;

-- customers
WITH sums AS (
  SELECT
    `x_ConsumerId` AS `customer`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`,
    SUM(`x_Tokens`) AS `tokens`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
  GROUP BY
    1,
    2
)
SELECT
  `customer` AS `customer`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  SAFE_DIVIDE(`billed_cost`, SUM(`billed_cost`) OVER (PARTITION BY `currency`)) AS `share`,
  `tokens` AS `tokens`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `customer` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;

-- batch-share
WITH sums AS (
  SELECT
    `x_ServiceTier` AS `tier`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`,
    SUM(`x_Tokens`) AS `tokens`,
    SUM(CASE WHEN NOT `x_Tokens` IS NULL THEN `BilledCost` END) AS `of_tokens`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND `x_UsageKind` IN ('tokens')
  GROUP BY
    1,
    2
)
SELECT
  `tier` AS `tier`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  SAFE_DIVIDE(`billed_cost`, SUM(`billed_cost`) OVER (PARTITION BY `currency`)) AS `share`,
  `tokens` AS `tokens`,
  SAFE_DIVIDE(`of_tokens` * 1000000, `tokens`) AS `cost_per_million_tokens`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `tier` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 100;

-- not-tokens
WITH sums AS (
  SELECT
    `x_UsageKind` AS `usage_kind`,
    `ServiceName` AS `service`,
    `x_Meter` AS `meter`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND `x_UsageKind` IN (
      'characters',
      'images',
      'audio',
      'video',
      'requests',
      'searches',
      'cache-storage',
      'provisioned-throughput',
      'hosting',
      'training',
      'other'
    )
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  `usage_kind` AS `usage_kind`,
  `service` AS `service`,
  `meter` AS `meter`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  SAFE_DIVIDE(`billed_cost`, SUM(`billed_cost`) OVER (PARTITION BY `currency`)) AS `share`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `usage_kind` ASC NULLS LAST,
  `service` ASC NULLS LAST,
  `meter` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;

-- regions
WITH sums AS (
  SELECT
    `x_Cloud` AS `cloud`,
    `RegionId` AS `region`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
  GROUP BY
    1,
    2,
    3
)
SELECT
  `cloud` AS `cloud`,
  `region` AS `region`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  SAFE_DIVIDE(`billed_cost`, SUM(`billed_cost`) OVER (PARTITION BY `currency`)) AS `share`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `cloud` ASC NULLS LAST,
  `region` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;

-- credits
WITH sums AS (
  SELECT
    `ChargeCategory` AS `category`,
    `x_Cloud` AS `cloud`,
    `ServiceName` AS `service`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND `ChargeCategory` IN ('Credit', 'Adjustment')
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  `category` AS `category`,
  `cloud` AS `cloud`,
  `service` AS `service`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`
FROM sums
ORDER BY
  `billed_cost` ASC NULLS LAST,
  `category` ASC NULLS LAST,
  `cloud` ASC NULLS LAST,
  `service` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;

-- unmapped
WITH sums AS (
  SELECT
    `x_Cloud` AS `cloud`,
    `ServiceName` AS `service`,
    `x_Meter` AS `meter`,
    `BillingCurrency` AS `currency`,
    SUM(`BilledCost`) AS `billed_cost`,
    SUM(`x_Tokens`) AS `tokens`
  FROM `${project:percentencode}`.`${dataset:percentencode}`.`unified_costs`
  WHERE
    $__timeFilter(`ChargePeriodStart`)
    AND '${cloud:percentencode}' IN ('all', `x_Cloud`)
    AND '${customer:percentencode}' IN ('all', COALESCE(TO_HEX(CAST(`x_ConsumerId` AS BYTES)), 'none'))
    AND `BillingCurrency` = '${currency:percentencode}'
    AND COALESCE(`x_ModelId`, CASE WHEN NOT `x_BillingModel` IS NULL THEN '(unmapped)' END) IN ('(unmapped)')
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  `cloud` AS `cloud`,
  `service` AS `service`,
  `meter` AS `meter`,
  `currency` AS `currency`,
  `billed_cost` AS `billed_cost`,
  `tokens` AS `tokens`
FROM sums
ORDER BY
  `billed_cost` DESC,
  `cloud` ASC NULLS LAST,
  `service` ASC NULLS LAST,
  `meter` ASC NULLS LAST,
  `currency` ASC NULLS LAST
LIMIT 20;
