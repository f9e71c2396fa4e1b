using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Rules.Tests.Chain;

/// <summary>A made-up classifier of four classes, as a trace file: clean, right with the probability that it states; broken, right in a quarter and as sure as
/// before.</summary>
internal static class ReplayedTrace
{
    private const int Classes = 4;
    private const int Rows = 4000;

    public static async Task<string> WriteAsync(string folder)
    {
        var random = new Random(5);
        var text = new StringBuilder("condition,label,p0,p1,p2,p3\n");
        foreach (var condition in (string[])["clean", "broken"])
        {
            for (var i = 0; i < Rows; i++)
            {
                var confidence = 0.65 + (0.34 * random.NextDouble());
                var top = random.Next(Classes);
                var right = random.NextDouble() < (condition == "broken" ? 0.25 : confidence);
                var label = right ? top : (top + 1 + random.Next(Classes - 1)) % Classes;
                var row = Enumerable.Range(0, Classes)
                    .Select(k => (k == top ? confidence : (1 - confidence) / (Classes - 1)).ToString("F6", CultureInfo.InvariantCulture));
                text.Append(CultureInfo.InvariantCulture, $"{condition},{label},").AppendJoin(',', row).Append('\n');
            }
        }

        var path = Path.Combine(folder, "trace.csv");
        await File.WriteAllTextAsync(path, text.ToString());
        return path;
    }
}
