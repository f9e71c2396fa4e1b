using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>Where inputs are shown from.</summary>
internal sealed class InputOptions
{
    public const string Section = "Inputs";

    /// <summary>Longest lifetime of an address.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(90);

    /// <summary>Address of inputs in the team's own store, with {prediction_id}, {model} and {version}, for requests that have neither an input reference
    /// nor a stored input. Default empty: none.</summary>
    public string Template { get; set; } = "";

    /// <summary>How long the bridge's address of a stored input can be opened; until the request expires, if that is later and within 90 d. Default 48 h.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan UrlLifetime { get; set; } = TimeSpan.FromHours(48);
}

[OptionsValidator]
internal sealed partial class InputOptionsValidator : IValidateOptions<InputOptions>;

internal sealed class InputTemplateValidator : IValidateOptions<InputOptions>
{
    public ValidateOptionsResult Validate(string? name, InputOptions options) =>
        options.Template.Length == 0 || options.Template.Contains("{prediction_id}", StringComparison.Ordinal)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Inputs:Template is '{options.Template}'; it must have {{prediction_id}}, or every task would show the same.");
}
