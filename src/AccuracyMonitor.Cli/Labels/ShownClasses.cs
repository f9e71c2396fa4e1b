using System.CommandLine;
using System.Globalization;
using AccuracyMonitor.Cli.Remote;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>How a table shows classes: by number, or by the names that the sidecar knows.</summary>
internal sealed class ShownClasses
{
    private readonly LabelService.LabelServiceClient? _service;
    private readonly Dictionary<string, IReadOnlyList<ClassInfo>> _names = new(StringComparer.Ordinal);

    /// <param name="service">Null: by number.</param>
    private ShownClasses(LabelService.LabelServiceClient? service) => _service = service;

    public static Option<bool> Option() => new("--names")
    {
        Description = "Classes by their names where the model has names (Labelling:Classes), and not by their numbers.",
    };

    public static ShownClasses Of(SidecarCall call, Option<bool> option) =>
        new(call.Value(option) ? new LabelService.LabelServiceClient(call.Channel) : null);

    /// <summary>Names are text.</summary>
    public TableColumn ColumnOf(string name) => new(name, _service is null ? ColumnKind.Whole : ColumnKind.Text);

    /// <param name="model">That the class is of.</param>
    /// <param name="number">Null: there is none.</param>
    /// <returns>A value of <see cref="ColumnOf"/>.</returns>
    public async Task<object?> ShowAsync(string model, uint? number, CancellationToken cancel)
    {
        if (_service is null || number is null)
        {
            return (long?)number;
        }

        if (!_names.TryGetValue(model, out var names))
        {
            names = _names[model] = (await _service.GetClassesAsync(new GetClassesRequest { Model = model }, cancellationToken: cancel)).Classes;
        }

        return number < names.Count ? names[(int)number].Name : number.Value.ToString(CultureInfo.InvariantCulture);
    }
}
