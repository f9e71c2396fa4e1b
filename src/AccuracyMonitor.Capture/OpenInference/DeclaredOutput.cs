namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// The output that holds a model's classes, as the model's metadata has it. A caller may ask for some outputs only: the metadata knows of all of
/// them, so an embedding that was asked for alone is not taken for the classes.
/// </summary>
internal sealed class DeclaredOutput
{
    private readonly HashSet<string> _oneRow = new(StringComparer.Ordinal);

    private DeclaredOutput()
    {
    }

    /// <summary>Of the tensor; null: several could be it.</summary>
    public string? Name { get; private set; }

    /// <param name="outputs">Of the metadata; a dimension of −1 may have any size.</param>
    /// <returns>Null if the metadata names no output that can hold the classes. MLServer's metadata is often empty.</returns>
    public static DeclaredOutput? Of(IEnumerable<OutputTensor> outputs)
    {
        DeclaredOutput? declared = null;
        foreach (var output in outputs)
        {
            if (!output.IsFloatingPoint || !CanHoldClasses(output.Shape, out var oneRow))
            {
                continue;
            }

            declared = declared is null ? new DeclaredOutput { Name = output.Name } : declared.WithAnother();
            if (oneRow)
            {
                declared._oneRow.Add(output.Name);
            }
        }

        return declared;
    }

    /// <summary>The output's shape is [K]: the model knows no batches.</summary>
    public bool IsOneRow(string output) => _oneRow.Contains(output);

    private DeclaredOutput WithAnother()
    {
        Name = null;
        return this;
    }

    private static bool CanHoldClasses(IReadOnlyList<long> shape, out bool oneRow)
    {
        const long AnySize = -1;
        long[] sizes = [.. shape.Select((size, i) => size == AnySize ? (i == 0 && shape.Count > 1 ? 1 : i == 0 ? 0 : 2) : size)];
        oneRow = sizes.Length == 1;
        return OutputChooser.TryShape(sizes, allowOneRow: true, out _, out _);
    }
}
