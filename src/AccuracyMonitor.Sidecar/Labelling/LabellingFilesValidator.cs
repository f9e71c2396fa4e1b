using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Reads every file of class names and guidelines once, so that their errors are errors of the settings.</summary>
internal sealed class LabellingFilesValidator : IValidateOptions<LabellingOptions>
{
    public ValidateOptionsResult Validate(string? name, LabellingOptions options)
    {
        List<string> failures = [];
        foreach (var (model, path) in options.Classes)
        {
            Check($"Labelling:Classes:{model}", path, static text => ClassTableReader.Check(text).Errors);
        }

        foreach (var (model, path) in options.Guidelines)
        {
            Check($"Labelling:Guidelines:{model}", path, static text => [.. LabellingFiles.Problems(text)]);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string setting, string path, Func<string, IReadOnlyList<string>> errorsOf)
        {
            try
            {
                failures.AddRange(errorsOf(BoundedFile.ReadText(path)).Select(e => $"{setting} ('{path}'): {e}"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                failures.Add($"{setting} cannot be used: {e.Message}");
            }
        }
    }
}
