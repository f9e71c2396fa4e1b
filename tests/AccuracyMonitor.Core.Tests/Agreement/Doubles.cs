using AccuracyMonitor.Core.Agreement;

namespace AccuracyMonitor.Core.Tests.Agreement;

/// <summary>Short forms of doubles for tests.</summary>
internal static class Doubles
{
    public static DoubleLabel Of(int first, int second, double inclusion = 1) => new(new Vote("ann", first), new Vote("bob", second), 0, inclusion);

    /// <param name="cells">How often the first said the row and the second the column.</param>
    public static DoubleLabel[] Table(int[,] cells) =>
        [.. from row in Enumerable.Range(0, cells.GetLength(0))
            from column in Enumerable.Range(0, cells.GetLength(1))
            from _ in Enumerable.Range(0, cells[row, column])
            select Of(row, column)];

    public static DoubleLabel[] Disagreeing(int of, int count) => [.. Enumerable.Range(0, of).Select(i => Of(0, i < count ? 1 : 0))];
}
