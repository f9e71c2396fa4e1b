using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.Traces;
using Spectre.Console;

namespace AccuracyMonitor.Cli.Evaluation;

/// <summary>A bar per file on the terminal; where there is none, only errors.</summary>
internal static class ProgressBar
{
    public static async Task<EvaluationResult> RunAsync(int files, TextWriter error, Func<IEvaluationProgress, EvaluationResult> run)
    {
        if (Console.IsErrorRedirected)
        {
            return await Task.Run(() => run(new Quiet(error)));
        }

        var console = ProgressConsole.Create();
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .StartAsync(context => Task.Run(() => run(new Bars(context, console, files))));
    }

    private sealed class Quiet(TextWriter error) : IEvaluationProgress
    {
        public void Understood(TraceUnderstanding trace)
        {
            foreach (var line in trace.Lines())
            {
                error.WriteLine(line);
            }
        }

        public void Begin(string file, int conditions)
        {
        }

        public void Done(string condition)
        {
        }

        public void Failed(string message) => error.WriteLine(message);
    }

    private sealed class Bars(ProgressContext context, IAnsiConsole console, int files) : IEvaluationProgress
    {
        private ProgressTask? _task;
        private int _file;

        public void Understood(TraceUnderstanding trace)
        {
            foreach (var line in trace.Lines())
            {
                console.WriteLine(line);
            }
        }

        public void Begin(string file, int conditions) => _task = context.AddTask(Markup.Escape($"{file} ({++_file} of {files})"), maxValue: conditions);

        public void Done(string condition) => _task?.Increment(1);

        public void Failed(string message) => console.MarkupLineInterpolated($"[red]{message}[/]");
    }
}
