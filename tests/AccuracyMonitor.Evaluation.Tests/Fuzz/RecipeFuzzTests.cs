using System.Text;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.Tests.Traces;

namespace AccuracyMonitor.Evaluation.Tests.Fuzz;

/// <summary>Recipes and the files of picked policies, which training reads.</summary>
public sealed class RecipeFuzzTests
{
    private static readonly string[] Recipes =
    [
        """
        seed: 7
        test-share: 0.2
        policy: { text: "FIX k0=0.001", seconds: 10 }
        train: { encoding: rawSoftmax, hidden: [16, 8], dropout: 0.1, members: 8, epochs: 5, grad-quant: none }
        harden: { traces: attacked.npz, condition: fgsm, auroc-tolerance: 0.003 }
        compress: { rows: 1000, gain: 1, passes: 2 }
        """,
        "train:\n  hidden: [4]\n  learning-rate: 1e-3\ncompress:\n",
        "seed: &s 1\ntrain: { epochs: *s }\n",
    ];

    private static readonly string[] PolicyFiles =
    [
        """{"schema":"accuracy-monitor/learning-rate-policy/1","policy":"FIX k0=0.001","numbers":{"steps":1500,"loss":"0.5"}}""",
        """{"schema":"accuracy-monitor/learning-rate-policy/1","policy":"FIX k0=0.001","numbers":null}""",
    ];

    [Fact]
    public void Files_of_recipes()
    {
        using var file = new TemporaryTrace(".yaml", []);
        FuzzRun.Run<RecipeException>([.. Recipes.Select(Encoding.UTF8.GetBytes)], 1000, bytes =>
        {
            File.WriteAllBytes(file.Path, bytes);
            RecipeReader.Read(file.Path);
        });
    }

    [Fact]
    public void Files_of_picked_policies() => FuzzRun.Run<FormatException>(
        [.. PolicyFiles.Select(Encoding.UTF8.GetBytes)], 4000, bytes => PolicyFile.Parse(Encoding.UTF8.GetString(bytes), "policy.json"));
}
