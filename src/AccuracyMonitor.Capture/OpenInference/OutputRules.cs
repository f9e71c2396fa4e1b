
namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>Which output of a model holds its classes, and in which form.</summary>
/// <param name="Output">Name of the tensor; empty: the only floating-point output of two dimensions.</param>
/// <param name="Form">Of the values.</param>
/// <param name="IsSigmoid">Each value is the probability of the second of two classes.</param>
internal readonly record struct OutputRule(string Output, ValueForm Form, bool IsSigmoid = false);

/// <summary>
/// The rules of all models, as <c>model=output</c>, or that with <c>,probabilities</c>, <c>,logits</c> or <c>,sigmoid</c>; <c>*</c> is every other model.
/// </summary>
internal sealed class OutputRules
{
    private const string Others = "*";
    private readonly Dictionary<string, OutputRule> _rules = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">An entry that is no rule.</exception>
    public OutputRules(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            if (!TryParse(entry, out var model, out var rule))
            {
                throw new FormatException($"'{entry}' is no output rule.");
            }

            _rules[model] = rule;
        }
    }

    /// <summary>Without a rule: probabilities, in the only output that can hold them.</summary>
    public OutputRule Of(string model) =>
        _rules.TryGetValue(model, out var rule) || _rules.TryGetValue(Others, out rule) ? rule : new OutputRule("", ValueForm.Probabilities);

    /// <summary>A line for each entry that is no rule.</summary>
    public static IEnumerable<string> Failures(string setting, string[] entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (!TryParse(entries[i], out _, out _))
            {
                yield return $"{setting}:{i} is '{entries[i]}'; it must be model=output, or that with ,probabilities, ,logits or ,sigmoid.";
            }
        }
    }

    /// <summary>
    /// Splits at the first '=' and at a last ',' (names of TensorFlow's outputs have a ':'). Logits and sigmoids need a name: nothing in the numbers
    /// tells them from an embedding or a regression, while probabilities sum to 1.
    /// </summary>
    public static bool TryParse(string text, out string model, out OutputRule rule)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        model = at > 0 ? text[..at] : "";
        var output = text[(at + 1)..];
        var isSigmoid = false;
        ValueForm? form = ValueForm.Probabilities;
        if (output.LastIndexOf(',') is >= 0 and var comma)
        {
            form = output[(comma + 1)..] switch
            {
                "probabilities" => ValueForm.Probabilities,
                "sigmoid" => ValueForm.Probabilities,
                "logits" => ValueForm.Logits,
                _ => null,
            };
            isSigmoid = output[(comma + 1)..] == "sigmoid";
            output = output[..comma];
        }

        rule = new OutputRule(output, form ?? ValueForm.Probabilities, isSigmoid);
        return at > 0 && form is not null && ((form == ValueForm.Probabilities && !isSigmoid) || output.Length > 0);
    }
}
