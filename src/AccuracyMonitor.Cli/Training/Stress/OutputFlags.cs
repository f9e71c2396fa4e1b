using System.CommandLine;
using System.CommandLine.Parsing;
using AccuracyMonitor.Runs.Stress;

namespace AccuracyMonitor.Cli.Training.Stress;

/// <summary>Options of <c>stress</c> that say what is written.</summary>
internal sealed class OutputFlags
{
    private readonly Option<FileInfo?> _harden = new("--harden")
    {
        Description = "Monitor file to write: trained on the reference and the first attack's outputs. Refused if it loses more than 0.003 AUROC on clean "
            + "outputs.",
    };

    private readonly Option<FileInfo?> _train = new("--train")
    {
        Description = "ONNX file to write: the demo's classifier trained further on clean images and the first attack's examples.",
    };

    private readonly Option<DirectoryInfo?> _folder = new("--output", "-o")
    {
        Description = "Folder for the traces of the attacks (for evaluate), the images, and report.md, all of the first seed.",
    };

    private readonly Option<FileInfo?> _json = new("--json") { Description = "Also write every number of every seed to this file." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_harden, _train, _folder, _json])
        {
            command.Options.Add(option);
        }
    }

    public bool NeedsTrainImages(CommandResult result) => result.GetResult(_harden) is not null || result.GetResult(_train) is not null;

    public StressOutputs Of(ParseResult parsed) => new()
    {
        Harden = parsed.GetValue(_harden)?.FullName,
        Train = parsed.GetValue(_train)?.FullName,
        Folder = parsed.GetValue(_folder)?.FullName,
        Json = parsed.GetValue(_json)?.FullName,
    };
}
