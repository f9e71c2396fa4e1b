using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Empty, <c>auto</c>, or a policy that fine-tuning can run.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LearningRatePolicyTextAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var text = (string?)value ?? "";
        if (text.Length == 0 || LearningRateChoice.IsAuto(text))
        {
            return ValidationResult.Success;
        }

        try
        {
            return RatePolicy.Parse(text).Plateau is null
                ? ValidationResult.Success
                : new ValidationResult(
                    "Adaptation:LearningRatePolicy must not be PLATEAU: fine-tuning ends on all labels, so that none is left to see a plateau by.");
        }
        catch (FormatException e)
        {
            return new ValidationResult($"Adaptation:LearningRatePolicy is '{text}'. {e.Message} It may also be empty or 'auto'.");
        }
    }
}
