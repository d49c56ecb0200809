-- Once, on the primary: psql -v password=… -f create-database.sql
create role zhiyun login password :'password';
create database zhiyun owner zhiyun encoding 'UTF8' locale 'C' template template0;
