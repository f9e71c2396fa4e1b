using System.CommandLine;
using AccuracyMonitor.Runs.Stress;

namespace AccuracyMonitor.Cli.Training.Stress;

/// <summary>Options of <c>stress</c> that say what is attacked.</summary>
internal sealed class SubjectFlags
{
    private readonly Option<FileInfo?> _classifier = new("--classifier")
    {
        Description =
            "ONNX file: one float32 input of images, one output [n, K] of softmax or logits. [default: the demo's, with gradients of its TorchSharp "
                + "copy; another's are taken by queries]",
    };

    private readonly Option<FileInfo?> _images = new("--images")
    {
        Description = "IDX (plain or .gz) or .npy, bytes or 0 to 1. [default: the demo's 10,000 test images]",
    };

    private readonly Option<FileInfo?> _labels = new("--labels") { Description = "IDX or .npy with the true classes." };

    private readonly Option<FileInfo?> _reference = new("--reference", "-r")
    {
        Description = "Trace whose condition 'reference' trains the monitor. [default: the demo's; else half of the images that are not attacked]",
    };

    private readonly Option<double> _white = BoundedOption.Create(
        "--white", "Value of a white pixel in the classifier's input: 1, or 255 for grey levels.", 1.0, 1e-3, 65_535);

    private readonly TraceFlags _reading = new();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_classifier, _images, _labels, _reference, _white])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Those about the reference trace, which help lists last.</summary>
    public void AddReadingTo(Command command)
    {
        _reading.AddTo(command);
        _reading.Need(command, _reference);
    }

    public StressInputs Of(ParseResult parsed) => new()
    {
        Classifier = parsed.GetValue(_classifier)?.FullName,
        Images = parsed.GetValue(_images)?.FullName,
        Labels = parsed.GetValue(_labels)?.FullName,
        Reference = parsed.GetValue(_reference)?.FullName,
        Reading = _reading.Of(parsed),
        White = parsed.GetValue(_white),
    };
}
