using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Evaluation;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Runs.Labels;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>The argument and the options that say which file of classes by prediction id is meant, and how it is read.</summary>
internal sealed class LabelFileArguments
{
    /// <summary>Of classes without names: the sidecar knows how many there are, and refuses those beyond.</summary>
    private const int AnyClasses = 1_000_000;

    private readonly string _of;
    private readonly Argument<string> _file;
    private readonly Option<string> _model = new("--model")
    {
        Description = "The model of every row. [default: the column 'model']",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string> _version = new("--model-version")
    {
        Description = "The version of every row. [default: the column 'version']",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string?> _id = new("--id-column") { Description = "Column with the prediction ids. [default: id, or else prediction_id]" };
    private readonly Option<string> _label;
    private readonly Option<char?> _delimiter = TableOptions.Delimiter();
    private readonly Option<IReadOnlyList<string>?> _classes =
        TableOptions.Classes("in the order of their numbers");
    private readonly Option<int?> _classesFrom = TableOptions.ClassesFrom("0");
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check every row and change nothing." };

    /// <param name="of">What the file holds, for the help.</param>
    public LabelFileArguments(string of)
    {
        _of = of;
        _file = new Argument<string>("file") { Description = $"File with {of}: {TraceFile.Formats.Replace(".npz, ", "", StringComparison.Ordinal)}." };
        _label = new Option<string>("--label-column") { Description = $"Column with the {of}.", DefaultValueFactory = _ => "label" };
    }

    public void AddTo(Command command)
    {
        command.Arguments.Add(_file);
        System.CommandLine.Option[] all = [_model, _version, _id, _label, _delimiter, _classes, _classesFrom, _dryRun];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
    }

    public string Path(SidecarCall call) => call.Parsed.GetRequiredValue(_file);

    public bool DryRun(SidecarCall call) => call.Value(_dryRun);

    /// <summary>Sends the rows of a file, with progress.</summary>
    /// <param name="send">Makes one call; one outcome for each row.</param>
    public async Task<LabelImport> SendAsync(
        SidecarCall call, LabelFileContent content, Func<LabelRow[], CancellationToken, Task<IReadOnlyList<ItemOutcome>>> send, CancellationToken cancel) =>
        await CommandProgress.RunAsync(call.Error, $"Sending {_of}", async progress =>
        {
            var run = new LabelImport(Path(call), send, progress.Say, new SynchronousProgress<int>(sent => progress.Show(
                string.Create(CultureInfo.InvariantCulture, $"{sent:N0} of {content.Rows.Count:N0} {_of} sent"),
                (double)sent / content.Rows.Count)), TimeProvider.System);
            await run.RunAsync(content, cancel);
            return run;
        });

    /// <exception cref="TraceFileException">It cannot be read, or has no such columns.</exception>
    public LabelFileContent Read(SidecarCall call)
    {
        var names = call.Value(_classes);
        return LabelFileReader.Read(Path(call), new LabelFileOptions
        {
            IdColumn = call.Value(_id),
            LabelColumn = call.Value(_label),
            Model = call.Value(_model),
            Version = call.Value(_version),
            Delimiter = call.Value(_delimiter),
            Classes = new ClassScheme(names?.Count ?? AnyClasses, names, call.Value(_classesFrom) ?? 0, firstBy: null),
        });
    }
}
