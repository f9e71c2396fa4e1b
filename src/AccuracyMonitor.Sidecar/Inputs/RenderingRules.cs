using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Inputs;

/// <summary>The rules of all models; <c>*</c> is every other model.</summary>
internal sealed class RenderingRules
{
    private const string Others = "*";
    private readonly Dictionary<string, RenderingRule> _rules = new(StringComparer.Ordinal);

    public RenderingRules(IEnumerable<string> entries)
    {
        foreach (var (model, rule) in entries.Select(RenderingRule.Parse).OfType<(string, RenderingRule)>())
        {
            _rules[model] = rule;
        }
    }

    public RenderingRule? Of(string model) => _rules.GetValueOrDefault(model) ?? _rules.GetValueOrDefault(Others);
}

/// <summary>What attributes can't say of the settings of inputs.</summary>
internal sealed class RenderingRulesValidator : IValidateOptions<InputOptions>
{
    public ValidateOptionsResult Validate(string? name, InputOptions options)
    {
        var failures = options.Rendering
            .Select(static (entry, index) => (entry, index))
            .Where(static e => RenderingRule.Parse(e.entry) is null)
            .Select(static e => $"{InputOptions.Section}:Rendering:{e.index} is '{e.entry}'; it must be model=picture with ,layout=NCHW or NHWC, "
                + ",channels=RGB or BGR, ,mean=, ,std= (one number or three, divided by /), ,range=black/white, ,tensor=name as needed, or model=table "
                + "with ,features=a/b/c or ,tensor=name.")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
