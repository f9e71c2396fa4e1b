using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Cli.Tests.Replay;

/// <summary>A made-up classifier of four classes: right with the probability that it states, until it breaks and is as sure as before.</summary>
internal static class ReplayFiles
{
    public const int Classes = 4;

    /// <summary>CSV with reference, clean (right in 82 % or so) and broken (right in a quarter).</summary>
    public static TemporaryTrace Trace(int rows)
    {
        var random = new Random(5);
        var text = new StringBuilder("condition,label,p0,p1,p2,p3\n");
        foreach (var condition in new[] { "reference", "clean", "broken" })
        {
            for (var i = 0; i < rows; i++)
            {
                var (row, label) = Draw(random, condition == "broken");
                text.Append(CultureInfo.InvariantCulture, $"{condition},{label},")
                    .AppendJoin(',', row.Select(p => p.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
            }
        }

        return new TemporaryTrace(".csv", text.ToString());
    }

    public static (float[] Row, int Label) Draw(Random random, bool broken = false)
    {
        var row = new float[Classes];
        var top = random.Next(Classes);
        var confidence = 0.65f + (0.34f * (float)random.NextDouble());
        Array.Fill(row, (1 - confidence) / (Classes - 1));
        row[top] = confidence;
        var right = random.NextDouble() < (broken ? 0.25 : confidence);
        return (row, right ? top : (top + 1 + random.Next(Classes - 1)) % Classes);
    }
}
