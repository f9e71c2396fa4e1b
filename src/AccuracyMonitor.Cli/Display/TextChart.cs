using AccuracyMonitor.Runs;

namespace AccuracyMonitor.Cli.Display;

/// <summary>What a cell of the chart shows; later ones cover earlier ones.</summary>
internal enum ChartMark
{
    None = 0,
    Interval = 1,
    Confidence = 2,
    LabelFree = 3,
    Audited = 4,
    Truth = 5,
}

/// <summary>The run as a small chart of characters: time to the right, accuracy upwards.</summary>
internal static class TextChart
{
    /// <param name="points">In order of time.</param>
    /// <param name="total">Length of the whole run: the width stands for it from the start, so that nothing moves.</param>
    /// <param name="columns">Cells across.</param>
    /// <param name="rows">Cells down.</param>
    /// <param name="low">Accuracy of the lowest row; the highest is 1.</param>
    /// <returns>[row, column], row 0 on top.</returns>
    public static ChartMark[,] Draw(IReadOnlyList<RunPoint> points, TimeSpan total, int columns, int rows, double low)
    {
        var cells = new ChartMark[rows, columns];
        foreach (var point in points)
        {
            var column = (int)(point.At / total * columns);
            if (column < 0 || column >= columns)
            {
                continue;
            }

            if (point.Audited.IsPublished)
            {
                for (var row = Row(point.Audited.Upper); row <= Row(point.Audited.Lower); row++)
                {
                    Mark(row, column, ChartMark.Interval);
                }
            }

            Put(point.Confidence, column, ChartMark.Confidence);
            Put(point.LabelFree.Value, column, ChartMark.LabelFree);
            Put(point.Audited.Value, column, ChartMark.Audited);
            Put(point.Truth, column, ChartMark.Truth);
        }

        return cells;

        void Put(double value, int column, ChartMark mark)
        {
            if (double.IsFinite(value))
            {
                Mark(Row(value), column, mark);
            }
        }

        void Mark(int row, int column, ChartMark mark) => cells[row, column] = mark > cells[row, column] ? mark : cells[row, column];

        int Row(double value) => Math.Clamp((int)((1 - value) / (1 - low) * rows), 0, rows - 1);
    }
}
