using AccuracyMonitor.Cli.Training;
using AccuracyMonitor.Evaluation.Recipes;

namespace AccuracyMonitor.Cli.Tests.Training;

public class PolicyFileTests
{
    [Theory]
    [InlineData("FIX k0=11", "--policy: Learning-rate policy: k0 of FIX is 11; it must be 0 to 10.")]
    [InlineData("nowhere.json", "--policy: Learning-rate policy: function 'nowhere.json'; it must be one of FIX, STEP")]
    public void An_invalid_policy_is_an_error_of_the_command_line(string policy, string message) =>
        TrainCommand.Create().Parse(["-r", "x.npz", "--policy", policy]).Errors.Single().Message.ShouldStartWith(message);

    [Fact]
    public void A_file_without_a_policy_is_named()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{\"schema\": \"other\"}");
            Should.Throw<FormatException>(() => PolicyFile.Read(path)).Message.ShouldStartWith($"{path}: schema is 'other'; it must be");
            File.WriteAllText(path, "{");
            Should.Throw<FormatException>(() => PolicyFile.Read(path)).Message.ShouldStartWith($"{path}: no policy file");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
