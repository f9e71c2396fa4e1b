using AccuracyMonitor.Bridge.Tools;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Bridge.Hosting;

/// <summary>The file of class names, and the address and files of the channel.</summary>
internal sealed class BridgeFilesValidator : IValidateOptions<BridgeOptions>
{
    public ValidateOptionsResult Validate(string? name, BridgeOptions options)
    {
        List<string> failures = [];
        try
        {
            using var channel = BridgeApplication.Channel(options);
        }
        catch (ArgumentException e)
        {
            failures.Add($"Bridge:Target: {e.Message.Split(" (Parameter")[0]}");
        }

        if (options.ClassesFile.Length > 0)
        {
            ClassNames.Read(options.ClassesFile, out var errors);
            failures.AddRange(errors.Select(e => $"Bridge:ClassesFile is '{options.ClassesFile}': {e}"));
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
