using Mars.Trainer.Commands;

return await CommandRunner.InvokeAsync(CommandTree.Create(), args);
