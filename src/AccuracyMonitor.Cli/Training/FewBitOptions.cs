using System.CommandLine;
using AccuracyMonitor.Training.Quantized;

namespace AccuracyMonitor.Cli.Training;

internal sealed class FewBitOptions
{
    public FewBitOptions(string description)
    {
        Quantizer = new Option<GradientQuantizer>("--grad-quant") { Description = $"{description} [default: None]" };
        Bits = BoundedOption.Create("--grad-bits", "Bits of the gradients that are quantized by --grad-quant; weights and activations have 8.", 8, 2, 8);
    }

    public Option<GradientQuantizer> Quantizer { get; }

    public Option<int> Bits { get; }

    public void AddTo(Command command)
    {
        command.Options.Add(Quantizer);
        command.Options.Add(Bits);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Bits) is { Implicit: false } && result.GetValue(Quantizer) == GradientQuantizer.None)
            {
                result.AddError("--grad-bits needs --grad-quant.");
            }
        });
    }

    /// <returns>Null for single precision.</returns>
    public QuantizationOptions? Of(ParseResult parsed) =>
        parsed.GetValue(Quantizer) is var kind and not GradientQuantizer.None
            ? new QuantizationOptions { Quantizer = kind, GradientBits = parsed.GetValue(Bits) } : null;
}
