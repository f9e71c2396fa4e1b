using AccuracyMonitor.Demo.Model;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Cli.Demo;

/// <summary>Training's quantizers for the demo's classifier.</summary>
internal static class DemoRounding
{
    public static ClassifierRounding Of(LayerwiseRounding rounding) => new(
        rounding.Activations,
        rounding.Weights,
        (step, layer, gradient, rows) =>
        {
            var (weights, inputs) = rounding.Gradients(step, layer, gradient, rows);
            return new RoundedGradients(weights, inputs);
        },
        rounding.Numbers);
}
