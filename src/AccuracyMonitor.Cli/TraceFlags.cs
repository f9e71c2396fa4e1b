using System.CommandLine;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Cli;

/// <summary>The options of every command that reads a trace: what the file itself does not say.</summary>
/// <param name="withLabels">Whether labels may be in a file of their own, <c>--labels</c>.</param>
internal sealed class TraceFlags(bool withLabels = false)
{
    private readonly Option<IReadOnlyList<string>?> _classes = TableOptions.Classes("in the order of the probabilities");

    private readonly Option<int?> _classesFrom = TableOptions.ClassesFrom("0, or 1 where the probability columns count from 1");

    private readonly Option<OutputForm?> _form = new("--form")
    {
        Description = "Form of the outputs: softmax, logits, log (natural logarithms of probabilities), or sigmoid (one probability, of class 1 of two). "
            + "[default: softmax, unless the names of the columns say otherwise]",
    };

    private readonly Option<IReadOnlyDictionary<string, string>?> _map = new("--map")
    {
        Description = "Names of columns that differ from the usual ones, separated by commas: "
            + $"{string.Join(", ", TraceOptions.MapKeys.Select(k => $"{k}=COLUMN"))}.",
        CustomParser = result => TableOptions.Parse(result, TraceOptions.ParseMap),
    };

    private readonly Option<string?> _timeFormat = new("--time-format")
    {
        Description = "Format of times that are neither ISO 8601 nor a number since 1970, such as \"dd/MM/yyyy HH:mm:ss\".",
    };

    private readonly Option<int> _maxErrors = BoundedOption.Create(
        "--max-errors", "Number of defective rows that are left out and counted before the file is refused.", 0, 0, 1_000_000);

    private readonly Option<char?> _delimiter = TableOptions.Delimiter();

    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "File with labels, joined to the predictions by id. Same formats as the predictions, except .npz. "
            + "[default: labels are in the file of predictions]",
    };

    private readonly Option<string?> _idColumn = new("--id-column")
    {
        Description = "Column with the ids in both files. If the predictions use another name, also give --map id=NAME. [default: id]",
    };

    private readonly Option<string?> _labelColumn = new("--label-column") { Description = "Column with the labels in the file of --labels. [default: label]" };

    public void AddTo(Command command)
    {
        foreach (var option in All())
        {
            command.Options.Add(option);
        }

        if (withLabels)
        {
            command.Options.Add(_labels);
            command.Options.Add(_labelColumn);
            command.Validators.Add(result =>
            {
                if (result.GetResult(_labelColumn) is { Implicit: false } && result.GetResult(_labels) is null)
                {
                    result.AddError("--label-column needs --labels: it names a column of that file. For the labels of the trace itself: --map label=NAME.");
                }
            });
        }
    }

    /// <summary>Refuses the options where the trace that they are about is not given.</summary>
    public void Need(Command command, Option trace) => command.Validators.Add(result =>
    {
        if (result.GetResult(trace) is null && All().FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } useless)
        {
            result.AddError($"{useless.Name} needs {trace.Name}: it says how to read that trace.");
        }
    });

    public TraceOptions Of(ParseResult parsed) => new()
    {
        Classes = parsed.GetValue(_classes),
        ClassesFrom = parsed.GetValue(_classesFrom),
        Form = parsed.GetValue(_form),
        Map = Map(parsed),
        TimeFormat = parsed.GetValue(_timeFormat),
        MaxErrors = parsed.GetValue(_maxErrors),
        Delimiter = parsed.GetValue(_delimiter),
        Labels = withLabels && parsed.GetValue(_labels) is { } labels
            ? new LabelSource(labels) { IdColumn = parsed.GetValue(_idColumn) ?? "id", LabelColumn = parsed.GetValue(_labelColumn) ?? "label" }
            : null,
    };

    private Option[] All() => [_classes, _classesFrom, _form, _map, _timeFormat, _maxErrors, _delimiter, _idColumn];

    private Dictionary<string, string> Map(ParseResult parsed)
    {
        var map = new Dictionary<string, string>(parsed.GetValue(_map) ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        if (parsed.GetValue(_idColumn) is { } column)
        {
            map.TryAdd("id", column);
        }

        return map;
    }
}

/// <summary>A trace that a command reads.</summary>
/// <param name="Path">Of the file or the folder.</param>
/// <param name="Options">What the user says about it.</param>
internal sealed record TraceArgument(string Path, TraceOptions Options)
{
    /// <param name="error">Told what the trace was understood to be.</param>
    /// <exception cref="TraceFileException">The trace cannot be used.</exception>
    public TraceFile Open(TextWriter error)
    {
        var trace = TraceFile.Open(Path, Options);
        foreach (var line in trace.Understood.Lines())
        {
            error.WriteLine(line);
        }

        return trace;
    }
}
