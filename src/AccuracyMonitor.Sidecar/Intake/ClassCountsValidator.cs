using AccuracyMonitor.Sidecar.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Intake;

internal sealed class ClassCountsValidator : IValidateOptions<IntakeOptions>
{
    public ValidateOptionsResult Validate(string? name, IntakeOptions options)
    {
        try
        {
            DeclaredClassCounts.Parse(options.ClassCounts);
            return ValidateOptionsResult.Success;
        }
        catch (FormatException e)
        {
            return ValidateOptionsResult.Fail($"Intake:ClassCounts: {e.Message}");
        }
    }
}
