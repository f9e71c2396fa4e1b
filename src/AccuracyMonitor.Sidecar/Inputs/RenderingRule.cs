using System.Globalization;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>How the tensors of a model become something to look at.</summary>
internal sealed record RenderingRule
{
    /// <summary>Else a table of features.</summary>
    public required bool IsPicture { get; init; }

    /// <summary>For a picture: whether channels come last, as in NHWC.</summary>
    public bool ChannelsLast { get; init; }

    /// <summary>For a picture: whether blue comes first.</summary>
    public bool IsBgr { get; init; }

    /// <summary>Mean that preprocessing subtracted: one for each channel, or one for all.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0];

    /// <summary>Deviation that preprocessing divided by: one for each channel, or one for all.</summary>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [1];

    /// <summary>Values of black and white before preprocessing.</summary>
    public (double Black, double White) Range { get; init; } = (0, 1);

    /// <summary>Which of several tensors; empty: the first.</summary>
    public string Tensor { get; init; } = "";

    /// <summary>For a table: names of a tensor's values, in order. With several tensors, the names of the tensors are used.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Splits at the first '='.</summary>
    /// <returns>Null if it is no rule.</returns>
    public static (string Model, RenderingRule Rule)? Parse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        var parts = text[(at + 1)..].Split(',', StringSplitOptions.TrimEntries);
        if (at < 1 || parts[0] is not ("picture" or "table"))
        {
            return null;
        }

        var rule = new RenderingRule { IsPicture = parts[0] == "picture" };
        foreach (var part in parts[1..])
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || With(rule, part[..equals], part[(equals + 1)..]) is not { } next)
            {
                return null;
            }

            rule = next;
        }

        return (text[..at], rule);
    }

    private static RenderingRule? With(RenderingRule rule, string name, string value) => (rule.IsPicture, name, value) switch
    {
        (true, "layout", "NCHW" or "NHWC") => rule with { ChannelsLast = value == "NHWC" },
        (true, "channels", "RGB" or "BGR") => rule with { IsBgr = value == "BGR" },
        (true, "mean", _) when Numbers(value) is { Length: 1 or 3 } mean => rule with { Mean = mean },
        (true, "std", _) when Numbers(value) is { Length: 1 or 3 } deviation => rule with { StandardDeviation = deviation },
        (true, "range", _) when Numbers(value) is [var black, var white] && black != white => rule with { Range = (black, white) },
        (false, "features", _) => rule with { Features = value.Split('/') },
        (_, "tensor", _) => rule with { Tensor = value },
        _ => null,
    };

    private static double[]? Numbers(string text)
    {
        var parts = text.Split('/');
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }
}
