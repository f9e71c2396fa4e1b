using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge.LabelStudio;

/// <summary>Label Studio and the project in it.</summary>
internal sealed class LabelStudioOptions
{
    public const string Section = "LabelStudio";

    /// <summary>Its address, as https://label-studio.example. Required.</summary>
    [Required(ErrorMessage = "The LabelStudioOptions.Url field must be the address of Label Studio.")]
    public string Url { get; set; } = "";

    /// <summary>File with an access token: a legacy token or a personal access token; the bridge sees which. Required.</summary>
    [Required(ErrorMessage = "The LabelStudioOptions.TokenFile field must name the file with a token of Label Studio.")]
    public string TokenFile { get; set; } = "";

    /// <summary>Number of an existing project to use. Default 0: the one called Title, which is created when it is not there.</summary>
    [Range(0, int.MaxValue)]
    public int Project { get; set; }

    /// <summary>Title of the project. Default empty: Accuracy Monitor and the model's name.</summary>
    [StringLength(50)]
    public string Title { get; set; } = "";

    /// <summary>What an input is: Image, Text, HyperText, Audio or TimeSeries. Default Image.</summary>
    public ContentKind Content { get; set; } = ContentKind.Image;

    /// <summary>Whether settings of an existing project that would show predictions to annotators may be changed. Default false: they are refused.</summary>
    public bool AdjustProject { get; set; }

    /// <summary>Tasks of one page, 1–1,000. Default 100.</summary>
    [Range(1, 1000)]
    public int PageSize { get; set; } = 100;

    /// <summary>Longest time for one call. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>The tag that shows an input.</summary>
internal enum ContentKind
{
    Image,
    Text,
    HyperText,
    Audio,
    TimeSeries,
}

[OptionsValidator]
internal sealed partial class LabelStudioOptionsValidator : IValidateOptions<LabelStudioOptions>;

internal sealed class LabelStudioAddressValidator : IValidateOptions<LabelStudioOptions>
{
    public ValidateOptionsResult Validate(string? name, LabelStudioOptions options)
    {
        List<string> failures = [];
        if (options.Url.Length > 0
            && !(Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)))
        {
            failures.Add($"LabelStudio:Url is '{options.Url}'; it must be http://… or https://….");
        }

        if (options.TokenFile.Length > 0 && !File.Exists(options.TokenFile))
        {
            failures.Add($"LabelStudio:TokenFile is '{options.TokenFile}'; there is no such file.");
        }

        if (options.Title.Length is 1 or 2)
        {
            failures.Add($"LabelStudio:Title is '{options.Title}'; it must have 3 to 50 characters.");
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
