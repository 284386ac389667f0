"""What SQL may be made of, as kinds of nodes of sqlglot: all others are refused, known to us or not.

A function is here if its answer depends on nothing but its arguments and the time, and is not much larger
than these: nothing that reads files, settings or the system, makes rows or lists, or repeats texts.
"""

from __future__ import annotations

from sqlglot import exp

STRUCTURE: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Alias, exp.All, exp.Any, exp.Between, exp.Boolean, exp.Column, exp.CTE, exp.Cube, exp.DataType,
        exp.DataTypeParam, exp.Distinct, exp.Except, exp.Filter, exp.From, exp.Group, exp.GroupingSets,
        exp.Having, exp.Identifier, exp.IgnoreNulls,
        exp.In, exp.Intersect, exp.Interval, exp.IntervalSpan, exp.Join,
        exp.JSONPath, exp.JSONPathKey, exp.JSONPathRoot, exp.JSONPathSubscript, exp.Limit, exp.Literal,
        exp.Null, exp.Offset, exp.Order, exp.Ordered, exp.Paren, exp.Qualify, exp.RespectNulls, exp.Rollup,
        exp.Select,
        exp.Star, exp.Subquery, exp.Table, exp.TableAlias, exp.Tuple, exp.Union, exp.Var, exp.Where,
        exp.Window, exp.WindowSpec, exp.With, exp.WithinGroup,
    }
)  # fmt: skip

OPERATORS: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Add, exp.And, exp.AtTimeZone, exp.Div, exp.DPipe, exp.EQ, exp.Escape, exp.GT, exp.GTE,
        exp.ILike, exp.IntDiv, exp.Is, exp.Like, exp.LT, exp.LTE, exp.Mod, exp.Mul, exp.Neg, exp.NEQ,
        exp.Not, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Sub,
    }
)  # fmt: skip

FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(
    {
        # Sums and other aggregates.
        exp.AnyValue, exp.ApproxDistinct, exp.ArgMax, exp.ArgMin, exp.Avg, exp.Corr, exp.Count, exp.CountIf,
        exp.LogicalAnd, exp.LogicalOr, exp.Max, exp.Median, exp.Min, exp.Mode, exp.PercentileCont,
        exp.PercentileDisc, exp.Quantile, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Sum, exp.Variance,
        exp.VariancePop,
        # Over windows.
        exp.CumeDist, exp.DenseRank, exp.FirstValue, exp.Lag, exp.LastValue, exp.Lead, exp.NthValue,
        exp.Ntile, exp.PercentRank, exp.Rank, exp.RowNumber,
        # Conditions.
        exp.Case, exp.Cast, exp.Coalesce, exp.Exists, exp.Greatest, exp.If, exp.Least, exp.Nullif,
        exp.TryCast,
        # Numbers.
        exp.Abs, exp.Ceil, exp.Exp, exp.Floor, exp.Ln, exp.Pow, exp.Round, exp.SafeDivide, exp.Sign, exp.Sqrt,
        # Texts, and tags, which are JSON.
        exp.Concat, exp.ConcatWs, exp.Contains, exp.EndsWith, exp.JSONExtract, exp.JSONExtractScalar,
        exp.JSONValue, exp.Left, exp.Length, exp.Lower, exp.RegexpExtract, exp.RegexpLike, exp.Replace,
        exp.Right, exp.SplitPart, exp.StartsWith, exp.StrPosition, exp.Substring, exp.Trim, exp.Upper,
        # Times.
        exp.CurrentDate, exp.CurrentTimestamp, exp.Date, exp.DateAdd, exp.DateDiff, exp.DateSub,
        exp.DateTrunc, exp.Day, exp.DayOfMonth, exp.DayOfWeek, exp.Extract, exp.LastDay, exp.Month,
        exp.Quarter, exp.TimestampAdd, exp.TimestampDiff, exp.TimestampSub, exp.TimestampTrunc,
        exp.TimeToStr, exp.TsOrDsToDate, exp.Week, exp.Year,
    }
)  # fmt: skip

NODES = STRUCTURE | OPERATORS | FUNCTIONS

_T = exp.DType
# Of casts: a value, never a list or an object.
TYPES: frozenset[exp.DType] = frozenset(
    {
        _T.BIGDECIMAL, _T.BIGINT, _T.BOOLEAN, _T.DATE, _T.DATETIME, _T.DECIMAL, _T.DOUBLE, _T.FLOAT, _T.INT,
        _T.INT128, _T.JSON, _T.SMALLINT, _T.TEXT, _T.TIMESTAMP, _T.TIMESTAMPTZ, _T.TINYINT, _T.VARCHAR,
    }
)  # fmt: skip
