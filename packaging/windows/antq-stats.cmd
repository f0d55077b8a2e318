@echo off
rem Drop the folder of a year's returns on this file, or on a shortcut to it.
setlocal DisableDelayedExpansion
chcp 65001 >nul
title antq-stats
set "ANTQ_HERE=%~dp0"
set "ANTQ_FOLDER=%~1"
rem Windows does not quote a dropped name such as A^&B, and %%1 is then only A. drop.py looks into the whole line.
setlocal EnableDelayedExpansion
set "ANTQ_LINE=!cmdcmdline!"
rem The embeddable Python ignores PYTHONUTF8 and all other PYTHON variables: the option is what sets UTF-8.
"!ANTQ_HERE!python\python.exe" -X utf8 "!ANTQ_HERE!python\drop.py"
set "ANTQ_STATUS=!ERRORLEVEL!"
echo.
pause
rem Not exit /b: the rest of an unquoted name must not be run as a command.
exit !ANTQ_STATUS!
